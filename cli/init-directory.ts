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
import { jsonText } from './plain-value.ts'
import { Abandoned, canAsk, Questions } from './questions.ts'
import { errorParts } from './report-error.ts'
import { safeLine } from './safe-text.ts'
import { fillTemplate, findTemplate, listTemplates, type NewFile, type TemplateInfo } from './script-templates.ts'
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
  readonly template: string
  readonly runtime: PolicyRuntime
}

const USUAL: Answers = Object.freeze({ directory: '.', template: 'hello', runtime: 'quickjs' })
const RUNTIMES = [
  { name: 'quickjs', description: 'starts at once and everywhere; right for most scripts' },
  { name: 'v8', description: 'computes many times faster, in processes of its own; needs the package isolated-vm' },
] as const

/** Runs the command. Throws a `UsageError` when files exist and `--force` is not given; nothing was written then. */
export async function initDirectory(where: string | undefined, options: InitOptions): Promise<ExitCode> {
  const answers = await findAnswers(where, options)
  if (answers === undefined) return EXIT.interrupted
  const { directory } = answers
  const template = await findTemplate(answers.template)
  const files = await makeFiles(template, answers.runtime)
  const existing = await findExisting(directory, files)
  if (existing.length > 0 && options.force === undefined) throw refusal(directory, files, existing)
  await writeFiles(directory, files, options.force === true)
  const types = await writeEditorTypes(directory)
  const written = [...files.map(([path]) => path), ...types]
  const { script, event } = template
  await printLine(options.json ? jsonText({ directory, written, script, event }) : describeNext(directory, written, template))
  const v8Fault = answers.runtime === 'v8' ? findV8Fault() : undefined
  if (v8Fault !== undefined) printNote(`Until V8 is there, scripts run on quickjs: ${v8Fault}`)
  return EXIT.ok
}

/** Undefined when the person at the terminal does not want to go on. */
async function findAnswers(directory: string | undefined, { template, runtime, yes, json }: InitOptions): Promise<Answers | undefined> {
  const said = {
    ...(directory !== undefined && { directory }),
    ...(template !== undefined && { template }),
    ...(runtime !== undefined && { runtime }),
  }
  const isComplete = Object.keys(said).length === Object.keys(USUAL).length
  if (isComplete || yes === true || json === true || !canAsk()) return { ...USUAL, ...said }
  try {
    return await ask(said)
  } catch (error) {
    if (error instanceof Abandoned) return undefined
    throw error
  }
}

async function ask({ directory, template, runtime }: Partial<Answers>): Promise<Answers> {
  using questions = new Questions()
  return {
    directory: directory ?? (await questions.ask('Where are the scripts to be?', isThere('scripts', 'directory') ? '.' : 'scripts')),
    template: template ?? (await questions.choose('What is the first script to be? One that …', await listTemplates())),
    runtime: runtime ?? ((await questions.choose('What are scripts to run on?', RUNTIMES)) as PolicyRuntime),
  }
}

async function makeFiles(template: TemplateInfo, runtime: PolicyRuntime): Promise<NewFile[]> {
  const { script, test, fixture } = await fillTemplate(template, template.script, template.event)
  const schema = `${JSON.stringify(policyJsonSchema(await standardSurfaces()), undefined, 2)}\n`
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

function describeNext(directory: string, paths: readonly string[], { script, event }: TemplateInfo): string {
  const isHere = directory === '.'
  const vivarium = calledAs()
  return [
    `Wrote ${isHere ? '' : `into ${JSON.stringify(directory)}: `}${paths.join(', ')}.`,
    '',
    'Try next:',
    ...(isHere ? [] : [`  cd ${directory}`]),
    `  ${vivarium} check`,
    `  ${vivarium} test`,
    `  ${vivarium} run ${event} --data ${join('fixtures', `${event}.json`)}`,
    `  ${vivarium} dev`,
    `  ${vivarium} explain ${script}`,
  ].join('\n')
}
