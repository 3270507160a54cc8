// `vivarium dev`: the scripts of a directory, live. On a terminal a screen with keys; anywhere else lines.
import { createEngine, type Engine } from '../engine/index.ts'
import { knownWords } from '../engine/pipeline/type-check/type-hints.ts'
import type { RunningOptions } from './common-options.ts'
import { DevSession } from './dev/dev-session.ts'
import type { LogFilter } from './dev/log-tail.ts'
import { TypeWatch } from './dev/type-watch.ts'
import { watchInLines } from './dev/watch-lines.ts'
import { watchOnScreen } from './dev/watch-screen.ts'
import type { ExitCode } from './exit-codes.ts'
import { type Host, loadHost } from './host-module.ts'
import { describeStandIns } from './host-terms.ts'
import { type Interruption, watchInterruption } from './interruption.ts'
import { findPlaces, type Places } from './open-engine.ts'
import { printNote } from './terminal.ts'

/** What the command takes. */
export interface DevOptions extends RunningOptions, Partial<LogFilter> {
  /** False with `--no-types`. */
  readonly types?: boolean
  /** Lines on a terminal too. */
  readonly plain?: true
}

/** Runs the command until the user ends it. Throws what opening an engine throws. */
export async function devScripts(options: DevOptions): Promise<ExitCode> {
  const places = findPlaces(options)
  using interruption = watchInterruption()
  const host = await loadHost(places, options, 'runs')
  await using engine = await openEngine(places, host)
  using session = new DevSession({
    engine,
    kindOf: (event) => host.events?.[event]?.kind ?? 'event',
    signal: interruption.signal,
    clock: Date.now,
  })
  for (const warning of [...engine.policyWarnings(), ...describeStandIns(host.standIns)]) session.note('warn', warning)
  await using _types = options.types === false ? undefined : await watchTypes(places, host, { engine, session })
  const code = await watch(session, { options, places, interruption })
  return interruption.code ?? code
}

async function openEngine({ directory, policy }: Places, { events, bindings }: Host): Promise<Engine> {
  return await createEngine({ scripts: directory, policy, events, bindings, watch: true, types: true })
}

async function watchTypes(
  { directory }: Places,
  { events, bindings }: Host,
  { engine, session }: { readonly engine: Engine; readonly session: DevSession },
): Promise<TypeWatch> {
  const words = knownWords(
    events && Object.keys(events),
    bindings.map(({ surface }) => surface),
  )
  return await TypeWatch.open({ directory, engine, words, session })
}

interface Watching {
  readonly options: DevOptions
  readonly places: Places
  readonly interruption: Interruption
}

async function watch(session: DevSession, { options, places: { directory }, interruption: { signal } }: Watching): Promise<ExitCode> {
  const { script, level, text } = options
  const filter: LogFilter = { script, level, text }
  if (!hasScreen(options)) return await watchInLines({ session, directory, filter, json: options.json === true, signal })
  const code = await watchOnScreen({ session, directory, filter, signal })
  const { runs, ok } = session.runs.total
  printNote(`${runs} ${runs === 1 ? 'run' : 'runs'}, ${runs - ok} failed.`)
  return code
}

/** A screen needs a terminal on both sides, and one that can do more than print. */
function hasScreen({ plain, json }: DevOptions): boolean {
  return plain === undefined && json === undefined && process.stdin.isTTY && process.stdout.isTTY && process.env['TERM'] !== 'dumb'
}
