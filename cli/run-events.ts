// `vivarium run`: payloads in, outcomes out, in the same order, a bounded number under way.
import type { EmitResult, Engine, EngineObserver, Outcome, ScriptInfo } from '../engine/index.ts'
import { calledAs } from './called-as.ts'
import type { RunningOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { FurtherRuns } from './further-runs.ts'
import { handledEvents, isHandledBy, meantEvent, unsaidPayload } from './handled-events.ts'
import { type Host, loadHost } from './host-module.ts'
import { describeStandIns } from './host-terms.ts'
import { watchInterruption } from './interruption.ts'
import { findPlaces, openEngineOf, type Places } from './open-engine.ts'
import { findPayloads, type Payload, readPayloads } from './payloads.ts'
import { jsonText } from './plain-value.ts'
import { formatOutcome } from './print-outcome.ts'
import { describeHome, formatFailure, formatWarnings } from './print-script.ts'
import { formatSummary } from './print-summary.ts'
import { RunStatistics } from './run-statistics.ts'
import { safeLine } from './safe-text.ts'
import { shellWord } from './shell-word.ts'
import { isReaderGone, printLine, printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** What the command takes. */
export interface RunOptions extends RunningOptions {
  readonly data?: string
  readonly concurrency: number
}

const NEVER_STARTED: ReadonlySet<Outcome['status']> = new Set(['denied', 'load_failed', 'quarantined'])

/** One run of the command. */
interface Session {
  readonly engine: Engine
  readonly host: Host
  readonly event: string
  readonly options: RunOptions
  readonly signal: AbortSignal
  readonly statistics: RunStatistics
  readonly scripts: ReadonlyMap<string, ScriptInfo>
  /** Errors that no run was needed for, and that were shown. */
  readonly shown: Set<string>
  /** Bindings that answered a call. */
  readonly called: ReadonlySet<string>
  /** Of runs that scripts set off by events of their own; not printed yet. */
  readonly furtherOutcomes: Outcome[]
  events: number
  failures: number
}

/** Runs the command. */
export async function runEvents(event: string, options: RunOptions): Promise<ExitCode> {
  const places = findPlaces(options)
  const source = findPayloads(options.data)
  using interruption = watchInterruption()
  const { signal } = interruption
  const host = await loadHost(places, options, 'runs')
  const furtherOutcomes: Outcome[] = []
  const further = new FurtherRuns((outcome) => furtherOutcomes.push(outcome))
  const called = new Set<string>()
  await using engine = await openEngineOf(places, host, noteCalls(further.observer, called))
  const failed = engine.scripts().filter(({ status }) => status === 'failed')
  for (const script of failed) printNote(formatFailure(script, process.stderr))
  if (failed.length > 0) printNote(`"${calledAs()} check${inDirectory(options)}" shows the code, and what to do.`)
  const unhandled = describeUnhandled(engine, event, places)
  if (unhandled !== undefined && failed.length === 0) throw unhandled
  if (unhandled !== undefined) printNote(safeLine(`${unhandled.message} ${unhandled.hint ?? ''} Those that failed to load may.`))
  const running = engine.scripts().filter((script) => isHandledBy(event, script))
  for (const warning of running.flatMap((script) => formatWarnings(script, process.stderr))) printNote(warning)
  const session: Session = {
    engine,
    host,
    event,
    options,
    signal,
    statistics: new RunStatistics(),
    scripts: new Map(engine.scripts().map((script) => [script.id, script])),
    furtherOutcomes,
    called,
    shown: new Set(),
    events: 0,
    failures: failed.length,
  }
  try {
    await emitAll(session, readPayloads(source, signal, unsaidPayload(event)))
    await further.settled(signal)
    await printFurther(session)
    if (session.events === 0 && !signal.aborted) printNote('There was no payload: nothing ran.')
  } finally {
    process.stdin.destroy() // an open pipe would keep the program
    if (options.json === undefined) await printEnd(session)
  }
  return interruption.code ?? (session.failures === 0 ? EXIT.ok : EXIT.problems)
}

/** An observer that also collects which bindings answered a call. */
function noteCalls(observer: EngineObserver, called: Set<string>): EngineObserver {
  return {
    ...observer,
    hostCall: (call, reply, ms) => {
      if (reply.ok) called.add(call.binding)
      observer.hostCall?.(call, reply, ms)
    },
  }
}

/** Emits each payload as it comes, never more at once than there is room for; a reader that waits makes the payloads wait. */
async function emitAll(session: Session, payloads: AsyncIterable<Payload>): Promise<void> {
  const underWay: Promise<void>[] = []
  let last: Promise<void> = Promise.resolve()
  try {
    for await (const payload of payloads) {
      if (isReaderGone()) break
      last = emitOne(session, payload, last)
      last.catch(() => undefined) // thrown where it is awaited
      underWay.push(last)
      if (underWay.length >= session.options.concurrency) await underWay.shift()
      if (session.signal.aborted) break
    }
    await last
  } finally {
    await Promise.allSettled(underWay)
  }
}

/** Prints after the payload before it. */
async function emitOne(session: Session, { value, line }: Payload, before: Promise<void>): Promise<void> {
  const { engine, event, options, signal } = session
  const emitting = engine.emit(event, value, { signal })
  await Promise.all([before, emitting])
  const result = await emitting
  count(session, result)
  if (options.json) await printLine(jsonText({ event, outcomes: result.outcomes.map((outcome) => withHome(session, outcome)) }))
  else for (const outcome of result.outcomes) await printOutcome(session, outcome, line)
  await printFurther(session)
}

/** What scripts set off comes when it ended, after the payload that is printed then: the sender does not wait for it. */
async function printFurther(session: Session): Promise<void> {
  const outcomes = session.furtherOutcomes.splice(0)
  for (const event of new Set(outcomes.map((outcome) => outcome.event))) {
    const ofEvent = outcomes.filter((outcome) => outcome.event === event)
    if (session.options.json) await printLine(jsonText({ event, outcomes: ofEvent.map((outcome) => withHome(session, outcome)) }))
    for (const outcome of ofEvent) {
      countOutcome(session, outcome)
      if (session.options.json === undefined) await printOutcome(session, outcome, undefined)
    }
  }
}

async function printOutcome(session: Session, outcome: Outcome, line: number | undefined): Promise<void> {
  const script = session.scripts.get(outcome.script)
  const home = script === undefined ? '' : describeHome(script)
  await printLine(formatOutcome(outcome, { line, home, isKnownError: isKnownError(session, outcome) }))
}

/** An outcome for programs: with the runtime and the placement of its script. */
function withHome({ scripts }: Session, outcome: Outcome): object {
  const { runtime, placement } = scripts.get(outcome.script) ?? {}
  return { ...outcome, runtime, placement }
}

/** Whether an outcome says again what the script's last one said: that it never starts, and why. */
function isKnownError({ shown }: Session, { script, status, error }: Outcome): boolean {
  if (!NEVER_STARTED.has(status)) return false
  const key = JSON.stringify([script, error?.code, error?.message])
  if (shown.has(key)) return true
  shown.add(key)
  return false
}

function count(session: Session, { outcomes }: EmitResult): void {
  session.events++
  for (const outcome of outcomes) countOutcome(session, outcome)
}

function countOutcome(session: Session, outcome: Outcome): void {
  session.statistics.add(outcome)
  if (outcome.status !== 'ok') session.failures++
}

/** Also when the data broke off: what ran before it counts. */
async function printEnd({ engine, host, events, statistics, called, options }: Session): Promise<void> {
  if (events > 1) await printLine(`\n${formatSummary(events, statistics)}`)
  if (events === 0) return
  const granted = (binding: string): boolean => engine.scripts().some(({ id, grant }) => statistics.has(id) && binding in grant)
  if (called.has('kv') && options.kv === undefined) printNote('ctx.kv was kept in memory and is gone now; --kv FILE keeps it.')
  const { files, secrets, needless } = host.standIns
  const used = { files: granted('files') ? files : [], secrets: granted('secrets') ? secrets : [], needless }
  for (const note of describeStandIns(used)) printNote(note)
}

function inDirectory({ dir }: RunOptions): string {
  return dir === undefined ? '' : ` --dir ${shellWord(dir)}`
}

/** An event that no script handles is most likely mistyped. */
function describeUnhandled(engine: Engine, event: string, { directory }: Places): UsageError | undefined {
  const scripts = engine.scripts()
  if (scripts.length === 0)
    return new UsageError(`There is no script in ${JSON.stringify(directory)}.`, {
      hint: 'Check the path after --dir, or run "vivarium init" to start with one.',
    })
  if (scripts.some((script) => isHandledBy(event, script))) return undefined
  const handled = handledEvents(scripts)
  const hint =
    handled.length === 0 ? 'No script there handles any event.' : `${meantEvent(event, handled)} They handle ${handled.join(', ')}.`
  return new UsageError(`No script in ${JSON.stringify(directory)} handles the event ${JSON.stringify(event)}.`, { hint: hint.trim() })
}
