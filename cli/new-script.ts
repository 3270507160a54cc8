// `vivarium new`: a script from a template, with its test and an example event, and the grant that it needs where the policy may be written.
import { join } from 'node:path'
import type { BindingSurface } from '../engine/model/host-call.ts'
import { calledAs } from './called-as.ts'
import type { CommonOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { type Allowances, findMissing, grantLines, readPolicyOf, withGrant } from './grant-in-policy.ts'
import { isThere } from './is-there.ts'
import { findExisting, writeFiles } from './new-files.ts'
import { isOwnFixture, judgeFixture } from './new-fixture.ts'
import { findEvent, lookAtHost, WHICH_EVENT } from './new-host.ts'
import { findPlaces } from './open-engine.ts'
import { jsonText } from './plain-value.ts'
import { Abandoned, canAsk, type Option, Questions } from './questions.ts'
import { safeLine } from './safe-text.ts'
import { refuseClash } from './script-clash.ts'
import {
  describeLeft,
  fillTemplate,
  findTemplate,
  listTemplates,
  type NewEvent,
  type NewFile,
  type TemplateInfo,
} from './script-templates.ts'
import { shellWord } from './shell-word.ts'
import { formatTable } from './table.ts'
import { paint, printLine, printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** What the command takes. */
export interface NewOptions extends Pick<CommonOptions, 'dir' | 'policy' | 'json' | 'verbose'> {
  readonly event?: string
  /** `--grant` and `--no-grant`; undefined where neither was said. */
  readonly grant?: boolean
  readonly force?: true
}

/** What the command did; with `--json` this is what it prints. */
interface Done {
  readonly script: string
  readonly event: string
  readonly directory: string
  readonly written: readonly string[]
  /** Files that were there and were left alone. */
  readonly kept: readonly string[]
  /** What the policy does not grant, as lines to add; null where nothing is missing. */
  readonly missing: string | null
  /** What the author is left to do, in words; null where nothing is. */
  readonly left: string | null
}

/** What the policy lacks, as lines to add, and the file that has been given the rest. */
interface Granted {
  readonly missing: string | null
  readonly changed?: string
}

/** Parts of a path that are no directories of scripts, or that have a meaning of their own. */
const RESERVED = /^(?:\.|lib$|fixtures$|node_modules$)|\.(?:test|d)$/

/** Runs the command. Throws a `UsageError` when files exist and `--force` is not given; nothing was written then. */
export async function newScript(templateName: string | undefined, scriptName: string | undefined, options: NewOptions): Promise<ExitCode> {
  if (templateName === undefined) return await printTemplates(options)
  const template = await findTemplate(templateName)
  const { directory, policy } = findPlaces(options)
  const script = readScriptId(scriptName ?? template.script)
  const host = await lookAtHost({ directory, policy })
  const found = await findEvent(template, host, { said: options.event, choose: chooserOf(options) }).catch(expectAbandoned)
  if (found === undefined) return EXIT.interrupted
  const { filled, event, isKept } = await fill(template, { directory, script, event: found, force: options.force === true })
  const files = [filled.script, filled.test]
  await refuseClash(directory, script, filled.script[0])
  await refuseExisting(directory, files, options)
  const granting = await lookAtPolicy({ directory, policy, script, template, surfaces: host.surfaces })
  const written: readonly NewFile[] = isKept ? files : [...files, filled.fixture]
  await writeFiles(directory, written, options.force === true)
  const { missing, changed } = await grant(granting, options)
  const done: Done = {
    script,
    event: event.name,
    directory,
    written: written.map(([path]) => path),
    kept: isKept ? [filled.fixture[0]] : [],
    missing,
    left: describeLeft(event, filled) ?? null,
  }
  await printLine(options.json ? jsonText(done) : describe(done, { policy, changed, isForced: options.force === true }))
  return EXIT.ok
}

/** Undefined where nobody can be asked. */
function chooserOf({ json }: NewOptions): ((events: readonly Option[]) => Promise<string>) | undefined {
  if (json === true || !canAsk()) return undefined
  return async (events) => {
    using questions = new Questions()
    return await questions.choose(WHICH_EVENT, events)
  }
}

/** Nothing was written yet. Throws what is something else. */
function expectAbandoned(error: unknown): undefined {
  if (!(error instanceof Abandoned)) throw error
}

interface Filling {
  readonly directory: string
  readonly script: string
  readonly event: NewEvent
  readonly force: boolean
}

/** Fills in the template. An example that is there stays, unless it was made for the script that is written anew: the test is for that one, then. */
async function fill(template: TemplateInfo, { directory, script, event, force }: Filling) {
  const filled = await fillTemplate(template, script, event)
  const hasFixture = (await findExisting(directory, [filled.fixture])).length > 0
  const isKept = hasFixture && !(force && (await isOwnFixture(directory, filled, event.name)))
  const { name, definition } = event
  if (!isKept || definition === undefined) return { filled, event, isKept }
  const known: NewEvent = { ...event, example: await judgeFixture(directory, name, definition) }
  return { filled: await fillTemplate(template, script, known), event: known, isKept }
}

async function printTemplates({ json }: NewOptions): Promise<ExitCode> {
  const templates = await listTemplates()
  const rows = templates.map(({ name, description, allow }) => [paint('bold', name), description, Object.keys(allow).join(', ')])
  const table = formatTable([{ header: 'template' }, { header: 'a script that' }, { header: 'needs' }], rows)
  await printLine(
    json ? jsonText({ templates }) : `${table}\n\nvivarium new TEMPLATE [SCRIPT] writes one, with its test and an example event.`,
  )
  return EXIT.ok
}

/** The id, whichever way the file is called. Throws a `UsageError` for what cannot be one. */
function readScriptId(name: string): string {
  const id = name
    .replace(/^\.\//, '')
    .replace(/\.ts$/, '')
    .replace(/(?:\/index)+$/, '')
  const parts = id.split('/')
  const isFine = parts.every((part) => /^[\w.\- ]+$/.test(part) && !part.startsWith('.')) && !parts.some((part) => RESERVED.test(part))
  if (isFine && !id.startsWith('-')) return id
  throw new UsageError(`${JSON.stringify(name)} cannot be the name of a script.`, {
    hint: 'Letters, digits, "-", "_", dots and spaces make one, and "/" leads into a folder: "big-orders", "reports/weekly". "lib" and "fixtures" are taken.',
  })
}

async function refuseExisting(directory: string, files: readonly NewFile[], { force }: NewOptions): Promise<void> {
  const existing = await findExisting(directory, files)
  if (existing.length === 0 || force === true) return
  throw new UsageError(
    `${existing.join(', ')} exist${existing.length === 1 ? 's' : ''} in ${JSON.stringify(directory)}; nothing was written.`,
    {
      hint: 'Give the script another name: vivarium new TEMPLATE NAME. --force overwrites.',
    },
  )
}

interface Wanting {
  readonly directory: string
  readonly policy: string | undefined
  readonly script: string
  readonly template: TemplateInfo
  readonly surfaces: readonly BindingSurface[]
}

interface Granting {
  readonly file: string
  readonly script: string
  readonly text: string
  readonly missing: Allowances
  readonly surfaces: readonly BindingSurface[]
}

/** What policy does not grant yet. Throws a `UsageError` where it cannot be read. */
async function lookAtPolicy({ directory, policy, script, template, surfaces }: Wanting): Promise<Granting> {
  const text = await readPolicyOf(policy)
  const missing = findMissing(text, script, template.allow, surfaces)
  return { file: policy ?? join(directory, 'policy.yaml'), script, text, missing, surfaces }
}

/** Writes the grant into the policy where the user wants that. */
async function grant({ file, script, text, missing, surfaces }: Granting, options: NewOptions): Promise<Granted> {
  if (Object.keys(missing).length === 0) return { missing: null }
  const isWanted = options.grant ?? (options.json === undefined && (await askForGrant(file, script, missing)))
  const granted = isWanted ? withGrant(text, script, missing, surfaces) : undefined
  if (granted === undefined) return { missing: grantLines(script, missing) }
  try {
    await writeFiles('.', [[file, granted]], isThere(file, 'anything'))
    return { missing: null, changed: file }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    printNote(safeLine(error.message))
    return { missing: grantLines(script, missing) } // the files are there; what is missing is told
  }
}

async function askForGrant(file: string, script: string, missing: Allowances): Promise<boolean> {
  if (!canAsk()) return false
  using questions = new Questions()
  try {
    return await questions.agree(`${file} does not grant ${Object.keys(missing).join(', ')} to ${script}. Add it?`)
  } catch (error) {
    if (error instanceof Abandoned) return false // the files are there; what is missing is told
    throw error
  }
}

interface Told {
  readonly policy: string | undefined
  readonly changed: string | undefined
  readonly isForced: boolean
}

function describe({ script, event, directory, written, kept, missing, left }: Done, { policy, changed, isForced }: Told): string {
  const isUsual = directory === '.' || directory === 'scripts'
  const dir = isUsual ? '' : ` --dir ${shellWord(directory)}`
  const vivarium = calledAs()
  return [
    `Wrote ${written.map((path) => join(directory, path)).join(', ')}.`,
    ...(kept.length === 0
      ? []
      : [
          `Left ${kept.map((path) => join(directory, path)).join(', ')} as it is${isForced ? ': it was not made for this script alone' : ''}.`,
        ]),
    ...(left === null ? [] : [safeLine(left)]),
    ...(changed === undefined ? [] : [`Added to ${changed} what it needs.`]),
    ...(missing === null
      ? []
      : ['', `${paint('yellow', 'The script is denied')} until ${policy ?? join(directory, 'policy.yaml')} has:`, missing]),
    '',
    'Try next:',
    ...(changed === undefined ? [] : [`  ${vivarium} types${dir}`]),
    `  ${vivarium} check${dir}`,
    `  ${vivarium} test ${shellWord(script)}${dir}`,
    `  ${vivarium} run ${shellWord(event)} --data ${shellWord(join(directory, 'fixtures', `${event}.json`))}${dir}`,
  ].join('\n')
}
