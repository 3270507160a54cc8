// `vivarium init`: a small scripts directory to start from, written whole or not at all.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { policyJsonSchema } from '../engine/policy/json-schema.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { jsonText } from './plain-value.ts'
import { standardSurfaces } from './standard-surfaces.ts'
import { printLine } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** What the command takes. */
export interface InitOptions {
  readonly force?: true
  readonly json?: true
  readonly verbose?: true
}

/** A file to write: its path in the new directory, and its text. */
type NewFile = readonly [path: string, text: string]

/** Path in the new directory → the template that it is copied from. A package cannot carry a `.gitignore`, and a `.ts` here would count as a source of vivarium. */
const TEMPLATES: readonly (readonly [path: string, template: string])[] = [
  ['hello.ts', 'hello.ts.txt'],
  ['policy.yaml', 'policy.yaml'],
  ['tsconfig.json', 'tsconfig.json'],
  ['fixtures/hello.json', 'fixtures/hello.json'],
  ['.gitignore', 'gitignore'],
]

/** Runs the command. Throws a `UsageError` when files exist and `--force` is not given; nothing was written then. */
export async function initDirectory(directory: string, { force, json }: InitOptions): Promise<ExitCode> {
  const files = await readFiles()
  const existing = await findExisting(directory, files)
  if (existing.length > 0 && force === undefined) throw refusal(directory, files, existing)
  for (const [path, text] of files) await writeText(join(directory, path), text, force === true)
  const paths = files.map(([path]) => path)
  await printLine(json ? jsonText({ directory, written: paths }) : describeNext(directory, paths))
  return EXIT.ok
}

async function readFiles(): Promise<NewFile[]> {
  const templates = new URL('./templates/', import.meta.url)
  const copied = TEMPLATES.map(async ([path, template]): Promise<NewFile> => [path, await readFile(new URL(template, templates), 'utf8')])
  const schema = `${JSON.stringify(policyJsonSchema(standardSurfaces()), undefined, 2)}\n`
  return [...(await Promise.all(copied)), ['policy.schema.json', schema]]
}

async function findExisting(directory: string, files: readonly NewFile[]): Promise<string[]> {
  const found: string[] = []
  for (const [path] of files) {
    const info = await statOf(join(directory, path))
    if (info?.isDirectory()) throw new UsageError(`${JSON.stringify(join(directory, path))} is a directory; init would write a file there.`)
    if (info !== undefined) found.push(path)
  }
  return found
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new UsageError(`${JSON.stringify(path)} cannot be written: ${code}.`)
  }
}

/** Without `force`, a file that came meanwhile is not touched either. */
async function writeText(path: string, text: string, force: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    throw new UsageError(`${JSON.stringify(path)} cannot be written: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

function refusal(directory: string, files: readonly NewFile[], existing: readonly string[]): UsageError {
  const others = files.map(([path]) => path).filter((path) => !existing.includes(path))
  const also = others.length === 0 ? '' : ` and write ${others.join(', ')}`
  return new UsageError(
    `${existing.join(', ')} exist${existing.length === 1 ? 's' : ''} in ${JSON.stringify(directory)}; nothing was written.`,
    {
      hint: `With --force, init would overwrite ${existing.join(', ')}${also}. Another directory: vivarium init DIR.`,
    },
  )
}

function describeNext(directory: string, paths: readonly string[]): string {
  const isHere = directory === '.'
  return [
    `Wrote ${isHere ? '' : `into ${JSON.stringify(directory)}: `}${paths.join(', ')}.`,
    '',
    'Try next:',
    ...(isHere ? [] : [`  cd ${directory}`]),
    '  vivarium check',
    '  vivarium run hello --data fixtures/hello.json',
    '  vivarium explain hello',
    '',
    'For completion in your editor, install vivarium in the project: npm install vivarium',
  ].join('\n')
}
