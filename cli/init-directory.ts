// `vivarium init`: a small scripts directory to start from, written whole or not at all. Asks what was not said, where there is somebody to ask.
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { environmentFile, writeEnvironment } from '../engine/environment.ts'
import { tsconfigText } from '../engine/pipeline/type-check/compiler-options.ts'
import { policyJsonSchema } from '../engine/policy/json-schema.ts'
import type { PolicyRuntime } from '../engine/policy/policy-revision.ts'
import { findV8Fault } from '../engine/pools/v8-available.ts'
import { calledAs } from './called-as.ts'
import { closeBindings } from './close-bindings.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { grantLines } from './grant-in-policy.ts'
import { loadHost } from './host-module.ts'
import { isThere } from './is-there.ts'
import { findExisting, writeFiles } from './new-files.ts'
import { findEvent, type HostOutline, lookAtHost, WHICH_EVENT } from './new-host.ts'
import { jsonText } from './plain-value.ts'
import { Abandoned, canAsk, type Option, Questions } from './questions.ts'
import { errorParts } from './report-error.ts'
import { safeLine } from './safe-text.ts'
import {
  describeLeft,
  type FilledTemplate,
  fillTemplate,
  findTemplate,
  listTemplates,
  type NewEvent,
  type NewFile,
  type TemplateInfo,
} from './script-templates.ts'
import { shellWord } from './shell-word.ts'
import { standardSurfaces } from './standard-surfaces.ts'
import { printLine, printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'
import { typesOf } from './write-types.ts'

/** What the command takes. */
export interface InitOptions {
  readonly template?: string
  readonly runtime?: PolicyRuntime
  /** Nothing is asked: what was not said is as usual. */
  readonly yes?: true
  readonly force?: true
  readonly json?: true
  readonly verbose?: true
}

/** What the questions, or the options in their place, came to. */
interface Answers {
  readonly directory: string
  readonly template: TemplateInfo
  readonly event: NewEvent
  readonly runtime: PolicyRuntime
  readonly host: HostOutline
}

const RUNTIMES = [
  { name: 'quickjs', description: 'starts at once and everywhere; right for most scripts' },
  { name: 'v8', description: 'computes many times faster, in processes of its own; needs the package isolated-vm' },
] as const

/** Runs the command. Throws a `UsageError` when files exist and `--force` is not given; nothing was written then. */
export async function initDirectory(where: string | undefined, options: InitOptions): Promise<ExitCode> {
  const answers = await findAnswers(where, options)
  if (answers === undefined) return EXIT.interrupted
  const { directory, template, event } = answers
  const filled = await fillTemplate(template, template.script, event)
  const files = await makeFiles(filled, answers)
  const existing = await findExisting(directory, files)
  if (existing.length > 0 && options.force === undefined) throw refusal(directory, files, existing)
  await writeFiles(directory, files, options.force === true)
  const types = await writeEditorTypes(directory)
  const written = [...files.map(([path]) => path), ...types]
  const left = describeLeft(event, filled) ?? null
  const done: Done = { directory, written, script: template.script, event: event.name, left }
  await printLine(options.json ? jsonText(done) : describeNext(done, answers.host))
  const v8Fault = answers.runtime === 'v8' ? findV8Fault() : undefined
  if (v8Fault !== undefined) printNote(`Until V8 is there, scripts run on quickjs: ${v8Fault}`)
  return EXIT.ok
}

/** What the command did; with `--json` this is what it prints. */
interface Done {
  readonly directory: string
  readonly written: readonly string[]
  readonly script: string
  readonly event: string
  /** What the author is left to do, in words; null where nothing is. */
  readonly left: string | null
}

/** Undefined when the person at the terminal does not want to go on. */
async function findAnswers(directory: string | undefined, options: InitOptions): Promise<Answers | undefined> {
  using questions = options.yes === true || options.json === true || !canAsk() ? undefined : new Questions()
  try {
    return await answer(directory, options, questions)
  } catch (error) {
    if (error instanceof Abandoned) return undefined
    throw error
  }
}

/** Where there is nobody to ask, what was not said is as usual. */
async function answer(said: string | undefined, options: InitOptions, questions: Questions | undefined): Promise<Answers> {
  const usual = isThere('scripts', 'directory') ? '.' : 'scripts'
  const directory = said ?? (await questions?.ask('Where are the scripts to be?', usual)) ?? '.'
  const host = await outlineOf(directory)
  const named = options.template ?? (await questions?.choose('What is the first script to be? One that …', await listTemplates()))
  const template = await findTemplate(named ?? usualTemplate(host))
  const choose = questions && ((events: readonly Option[]) => questions.choose(WHICH_EVENT, events))
  const event = await findEvent(template, host, { choose })
  const runtime = options.runtime ?? ((await questions?.choose('What are scripts to run on?', RUNTIMES)) as PolicyRuntime | undefined)
  return { directory, template, event, runtime: runtime ?? 'quickjs', host }
}

/** One that cannot be loaded is told of where the types are written. */
async function outlineOf(directory: string): Promise<HostOutline> {
  try {
    return await lookAtHost({ directory })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { file: undefined, events: undefined, surfaces: await standardSurfaces() }
  }
}

/** The one with everything in it, where the application has what it needs. */
function usualTemplate({ surfaces }: HostOutline): string {
  return surfaces.some(({ name }) => name === 'kv') ? 'hello' : 'event'
}

async function makeFiles({ script, test, fixture }: FilledTemplate, { template, runtime, host }: Answers): Promise<NewFile[]> {
  const schema = `${JSON.stringify(policyJsonSchema(host.surfaces), undefined, 2)}\n`
  return [
    script,
    test,
    ['policy.yaml', await makePolicy(template, runtime)],
    ['tsconfig.json', tsconfigText()],
    ['.gitignore', await readTemplate('gitignore')], // a package cannot carry one of that name
    fixture,
    ['policy.schema.json', schema],
  ]
}

/** What the editor must know of the application's events and bindings: the file that has it. Scripts run without: that it cannot be written is told, and no more. */
async function writeEditorTypes(directory: string): Promise<readonly string[]> {
  try {
    const places = { directory, policy: join(directory, 'policy.yaml') }
    const host = await loadHost(places)
    const types = await typesOf(places, host).finally(() => closeBindings(host.bindings))
    const file = environmentFile(directory)
    await writeEnvironment(file, types)
    return [relative(directory, file)]
  } catch (error) {
    printNote(`Types for editors were not written: ${safeLine(errorParts(error).message)}`)
    return []
  }
}

async function makePolicy({ script, allow }: TemplateInfo, runtime: PolicyRuntime): Promise<string> {
  const policy = await readTemplate('policy.yaml')
  const grants =
    Object.keys(allow).length === 0 ? `# scripts:\n#   ${script}:\n#     allow: { kv: { bytes: 64KiB } }` : grantLines(script, allow)
  return policy.replace('  # runtime\n', runtime === 'v8' ? V8_LINES : '').replace('# scripts', grants)
}

/** Where V8 is missing, scripts run all the same. */
const V8_LINES = `  runtime: v8
  fallback: quickjs # where isolated-vm is not installed
`

async function readTemplate(name: string): Promise<string> {
  return await readFile(new URL(`./templates/${name}`, import.meta.url), 'utf8')
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

/** From where the command was given where the application's module was found from there. */
function describeNext({ directory, written, script, event, left }: Done, { file, events }: HostOutline): string {
  const isHere = directory === '.'
  const vivarium = calledAs()
  const stays = isHere || file !== undefined
  const dir = isHere || !stays || directory === 'scripts' ? '' : ` --dir ${shellWord(directory)}`
  const fixture = join(stays ? directory : '.', 'fixtures', `${event}.json`)
  return [
    `Wrote ${isHere ? '' : `into ${JSON.stringify(directory)}: `}${written.join(', ')}.`,
    ...(file === undefined || events === undefined ? [] : [`${script} handles ${event}, as ${safeLine(file)} has it.`]),
    ...(left === null ? [] : [safeLine(left)]),
    '',
    'Try next:',
    ...(stays ? [] : [`  cd ${shellWord(directory)}`]),
    `  ${vivarium} check${dir}`,
    `  ${vivarium} test${dir}`,
    `  ${vivarium} run ${shellWord(event)} --data ${shellWord(fixture)}${dir}`,
    `  ${vivarium} dev${dir}`,
    `  ${vivarium} explain ${script}${dir}`,
  ].join('\n')
}
