// Scripts to start from: `templates/scripts/NAME` has a script, its test, an example event, and what policy must allow.
import { readdir, readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { Json } from '../engine/model/json.ts'
import { FIXTURES } from './fixtures.ts'
import { UsageError } from './usage-error.ts'

/** What is known of a template before it is read. */
export interface TemplateInfo {
  readonly name: string
  /** What the script does, in a few words. */
  readonly description: string
  /** The id that a script of it gets where nothing is said. */
  readonly script: string
  /** The event that it handles where nothing is said. */
  readonly event: string
  /** What it needs of policy: binding → what stands under `allow`. */
  readonly allow: { readonly [binding: string]: Json }
}

/** A file to write: its path in the scripts directory, and its text. */
export type NewFile = readonly [path: string, text: string]

/** A template with its names filled in. */
export interface FilledTemplate {
  readonly script: NewFile
  readonly test: NewFile
  readonly fixture: NewFile
}

const FOLDER = new URL('./templates/scripts/', import.meta.url)
/** Where every list begins. */
const FIRST = ['hello', 'event', 'filter', 'decision', 'counter', 'schedule', 'webhook']

/** All templates, the simplest first. */
export async function listTemplates(): Promise<TemplateInfo[]> {
  const names = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return await Promise.all(names.sort((a, b) => FIRST.indexOf(a) - FIRST.indexOf(b)).map(readInfo))
}

/** Finds a template. Throws a `UsageError` for one that there is not. */
export async function findTemplate(name: string): Promise<TemplateInfo> {
  const templates = await listTemplates()
  const found = templates.find((template) => template.name === name)
  if (found !== undefined) return found
  const names = templates.map((template) => template.name)
  throw new UsageError(`There is no template ${JSON.stringify(name)}.`, {
    hint: `${didYouMean(name, names)} There are ${names.join(', ')}.`.trim(),
  })
}

/** The files of a script with this id that handles this event. */
export async function fillTemplate({ name }: TemplateInfo, script: string, event: string): Promise<FilledTemplate> {
  const names: Readonly<Record<string, string>> = { file: posix.basename(script), event: quoted(event) }
  const read = async (file: string): Promise<string> => {
    const text = await readFile(new URL(`${name}/${file}`, FOLDER), 'utf8')
    return text.replace(/\{\{(file|event)\}\}/g, (_, key: string) => names[key] ?? '')
  }
  return {
    script: [`${script}.ts`, await read('script.ts.txt')],
    test: [`${script}.test.ts`, await read('script.test.ts.txt')],
    fixture: [`${FIXTURES}/${event}.json`, await read('fixture.json')],
  }
}

async function readInfo(name: string): Promise<TemplateInfo> {
  const info = JSON.parse(await readFile(new URL(`${name}/template.json`, FOLDER), 'utf8')) as Omit<TemplateInfo, 'name'>
  return { name, ...info }
}

/** As it stands between single quotes in a script. */
function quoted(text: string): string {
  return text.replace(/[\\']/g, '\\$&')
}
