// Scripts to start from: `templates/scripts/NAME` has a script, its test, an example event, and what policy must allow.
import { readdir, readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { EventDefinitions } from '../engine/events.ts'
import type { EventKind } from '../engine/model/event.ts'
import type { Json } from '../engine/model/json.ts'
import { FIXTURES } from './fixtures.ts'
import type { Example } from './new-example.ts'
import { UsageError } from './usage-error.ts'

/** What is known of a template before it is read. */
export interface TemplateInfo {
  readonly name: string
  /** What the script does, in a few words. */
  readonly description: string
  /** The id that a script of it gets where nothing is said. */
  readonly script: string
  /** What kind of events it is for. */
  readonly kind: EventKind
  /** The event that it handles where nothing is said. */
  readonly event: string
  /** What it needs of policy: binding → what stands under `allow`. */
  readonly allow: { readonly [binding: string]: Json }
}

/** The event that a new script handles. */
export interface NewEvent {
  readonly name: string
  /** As the application has it; undefined where the application says of no events: the template says what is in the payload, then. */
  readonly definition?: EventDefinitions[string]
  /** Of the payload, where the application has the event. */
  readonly example?: Example
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

/**
 * The files of a script with this id that handles this event. `host` has the template for an event of an application: what its payload has is left to the application's
 * types, and its test, which runs with the example, waits until there is one that fits.
 */
export async function fillTemplate({ name }: TemplateInfo, script: string, { name: event, example }: NewEvent): Promise<FilledTemplate> {
  const isOpen = example?.fault !== undefined
  const names: Readonly<Record<string, string>> = {
    file: posix.basename(script),
    event: quoted(event),
    todo: isOpen ? `test.todo('fill in ${fixturePath(quoted(event))}, then make test of the test.skip below')\n\n` : '',
    test: isOpen ? 'test.skip' : 'test',
  }
  const read = async (file: string): Promise<string> => {
    const text = await readFile(new URL(`${name}/${file}`, FOLDER), 'utf8')
    return text.replace(/\{\{(file|event|todo|test)\}\}/g, (_, key: string) => names[key] ?? '')
  }
  const folder = example === undefined ? '' : 'host/'
  return {
    script: [`${script}.ts`, await read(`${folder}script.ts.txt`)],
    test: [`${script}.test.ts`, await read(`${folder}script.test.ts.txt`)],
    fixture: [fixturePath(event), example === undefined ? await read('fixture.json') : `${JSON.stringify(example.value, undefined, 2)}\n`],
  }
}

/** What is left to the author of a new script, in words; undefined where nothing is. */
export function describeLeft({ name, example }: NewEvent, { test, fixture }: FilledTemplate): string | undefined {
  if (example?.fault === undefined) return undefined
  return `Left to do: ${fixture[0]} is no payload of ${name} yet (${example.fault}). Fill it in, then take test.todo out of ${test[0]} and make test of test.skip.`
}

function fixturePath(event: string): string {
  return `${FIXTURES}/${event}.json`
}

async function readInfo(name: string): Promise<TemplateInfo> {
  const info = JSON.parse(await readFile(new URL(`${name}/template.json`, FOLDER), 'utf8')) as Omit<TemplateInfo, 'name' | 'kind'>
  return { name, kind: 'event', ...info }
}

/** As it stands between single quotes in a script. */
function quoted(text: string): string {
  return text.replace(/[\\']/g, '\\$&')
}
