// The soak of one combination: an engine over scripts on disk, events of all kinds and disturbances for a while, and then every account is settled.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { standardBindings } from '../../bindings/index.ts'
import { createEngine, defineBinding, type Engine } from '../../engine/index.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { Choices } from './choices.ts'
import { type Combination, FIRST_VARIANT, hostPlacement, isWalled, policyText } from './combinations.ts'
import { Disturber } from './disturber.ts'
import { Emitter } from './emitter.ts'
import { findGrowth, mostArenaBytes, SeenArenas, takeFootprint, takeFootprintAfter } from './footprint.ts'
import { Ledger } from './ledger.ts'
import { SeenRunners } from './runners.ts'
import { ScriptFiles } from './script-files.ts'

/** What a soak of a combination came to. */
export interface CombinationReport {
  readonly combination: Combination
  readonly seconds: number
  readonly events: number
  readonly statuses: Readonly<Record<string, number>>
  /** Of what was under way while the engine was closed. */
  readonly lastStatuses: Readonly<Record<string, number>>
  readonly hostCalls: number
  readonly reloads: number
  /** Runners that the soak itself ended or held up. */
  readonly harms: number
  /** Runs that were computed when their runner was stopped, and count as what stopped it. */
  readonly victims: number
  /** What the engine told of its runners: `runner started`, `runner killed`, … */
  readonly runners: Readonly<Record<string, number>>
  /** Time to the outcome, in ms. */
  readonly normalMs: { readonly p50: number; readonly p99: number }
  readonly hostileMs: { readonly p50: number; readonly p99: number }
  /** Since before, with nothing left of the engine. */
  readonly growthBytes: { readonly heap: number; readonly external: number; readonly rss: number }
  /** Of images, once nearly all scripts were removed. */
  readonly arenaBytes: number
  /** The first ones, in words. */
  readonly problems: readonly string[]
  readonly problemCount: number
}

/** What to soak. */
export interface CombinationOrder {
  readonly combination: Combination
  readonly seconds: number
  readonly seed: string
  /** Told now and then how far it is. */
  readonly tell: (line: string) => void
}

/** Events under way at once: of normal scripts, and of hostile ones. */
const NORMAL_LANES = 16
const HOSTILE_LANES = 3
const HOSTILE_PAUSE_MS = 60
const LAST_EVENTS = 48
const TELL_EVERY_MS = 5_000
/** More than the longest wall time of a run: by then every event must have its outcome. */
const SETTLE_MS = 90_000
const CLOSE_MS = 30_000
/** By then at least one runner was harmed, or none was recognised. */
const HARM_WITHIN_SECONDS = 6

/** Combinations that were soaked before in this process. */
const warm = new Set<Combination>()

/** Soaks a combination. Rejects only where it cannot be soaked at all; what is wrong is in the report. */
export async function soakCombination(order: CombinationOrder): Promise<CombinationReport> {
  using bundles = tempDirectory()
  const first = await soakFirst(order, bundles.path)
  const before = await takeFootprint()
  const startedAt = performance.now()
  const { ledger, reloads, arenaBytes } = await soakOnce({ ...order, seconds: order.seconds - first.seconds }, bundles.path)
  for (const problem of first.problems) ledger.fail(`in the first round: ${problem}`)
  const seconds = (performance.now() - startedAt) / 1_000
  const { statuses, lastStatuses, ends, kv, accepted, normal, hostile } = ledger
  const after = await takeFootprintAfter(before)
  for (const problem of findGrowth(before, after)) ledger.fail(problem)
  if (ends.harms === 0 && isWalled(order.combination) && order.seconds >= HARM_WITHIN_SECONDS)
    ledger.fail('the soak found no runner to harm')
  return {
    combination: order.combination,
    seconds,
    events: accepted,
    statuses,
    lastStatuses,
    hostCalls: kv.calls,
    reloads,
    harms: ends.harms,
    victims: ledger.victims,
    runners: ends.changes,
    normalMs: { p50: normal.quantile(0.5), p99: normal.quantile(0.99) },
    hostileMs: { p50: hostile.quantile(0.5), p99: hostile.quantile(0.99) },
    growthBytes: {
      heap: after.heapBytes - before.heapBytes,
      external: after.externalBytes - before.externalBytes,
      rss: after.rssBytes - before.rssBytes,
    },
    arenaBytes,
    problems: ledger.problems,
    problemCount: ledger.problemCount,
  }
}

/** A third of the time, so that whatever is made once and kept, in the process and in its allocator, is there before memory is looked at. */
async function soakFirst(
  order: CombinationOrder,
  bundleCache: string,
): Promise<{ readonly seconds: number; readonly problems: readonly string[] }> {
  const { combination, seed } = order
  if (warm.has(combination)) return { seconds: 0, problems: [] }
  warm.add(combination)
  const seconds = order.seconds / 3
  const { ledger } = await soakOnce({ ...order, seconds, seed: `${seed} first` }, bundleCache)
  return { seconds, problems: ledger.problems }
}

interface Soaked {
  readonly ledger: Ledger
  readonly reloads: number
  readonly arenaBytes: number
}

async function soakOnce(order: CombinationOrder, bundleCache: string): Promise<Soaked> {
  const { combination, seed } = order
  using root = tempDirectory()
  using runners = new SeenRunners()
  using arenas = new SeenArenas()
  const ledger = new Ledger()
  const files = new ScriptFiles(root.path, isWalled(combination))
  files.writeAll()
  files.writePolicy(policyText(combination, FIRST_VARIANT))
  const kvFile = join(root.path, 'state.sqlite')
  const engine = await openEngine(order, { ledger, files, kvFile, bundleCache })
  const emitter = new Emitter(engine, ledger)
  const disturber = new Disturber({ combination, engine, ledger, files, runners })
  await disturb(order, { engine, emitter, disturber, ledger })
  files.removeMost()
  files.writePolicy(policyText(combination, FIRST_VARIANT))
  await engine.reload()
  const arenaBytes = arenas.usedBytes
  if (arenaBytes > mostArenaBytes(order.seconds)) ledger.fail(`images occupy ${arenaBytes} bytes with nearly all scripts removed`)
  await closeUnderWay({ engine, emitter, ledger }, new Choices(seed, `${combination} last`))
  ledger.close()
  for (const problem of await ledger.kv.compare(kvFile)) ledger.fail(problem)
  return { ledger, reloads: disturber.reloads, arenaBytes }
}

async function openEngine(
  { combination, seed }: CombinationOrder,
  {
    ledger,
    files,
    kvFile,
    bundleCache,
  }: { readonly ledger: Ledger; readonly files: ScriptFiles; readonly kvFile: string; readonly bundleCache: string },
): Promise<Engine> {
  const echo = defineBinding('echo', {
    after: {
      input: z.tuple([z.int().min(0).max(1_000), z.string()]),
      output: z.string(),
      handler: async (_call, ms, text) => {
        await sleep(ms)
        return text
      },
    },
  })
  const engine = await createEngine({
    scripts: files.directory,
    policy: files.policyFile,
    bundleCache,
    placement: hostPlacement(combination),
    workers: 2,
    watch: true,
    bindings: [...standardBindings({ kv: kvFile }), echo],
    // With little room images fall out, and are made again, all the time.
    imageCache: new Choices(seed, `${combination} cache`).pick(['64MiB', '256KiB']),
    observer: ledger.observer,
  })
  for (const { id, status, error } of engine.scripts())
    if (status !== 'ready') ledger.fail(`${id} is ${status} at the start: ${error?.message}`)
  return engine
}

interface Parts {
  readonly engine: Engine
  readonly emitter: Emitter
  readonly ledger: Ledger
}

/** Events and disturbances for the time that was ordered. Every event that was accepted has its outcome, or is booked as having none. */
async function disturb(order: CombinationOrder, { emitter, disturber, ledger }: Parts & { readonly disturber: Disturber }): Promise<void> {
  const { combination, seed, seconds } = order
  const over = AbortSignal.timeout(seconds * 1_000)
  const stream = (name: string): Choices => new Choices(seed, `${combination} ${name}`)
  const normal = Array.from({ length: NORMAL_LANES }, (_, lane) =>
    repeat(over, stream(`normal ${lane}`), (choices) => emitter.sendNormal(choices)),
  )
  const hostile = Array.from({ length: isWalled(combination) ? HOSTILE_LANES : 0 }, (_, lane) =>
    repeat(over, stream(`hostile ${lane}`), async (choices) => {
      await emitter.sendHostile(choices)
      await sleep(choices.between(0, HOSTILE_PAUSE_MS))
    }),
  )
  const harm = disturber.harm(stream('harm'), over)
  const change = disturber.change(stream('change'), over)
  await tellProgress(order, ledger, over)
  const isOver = await settles(Promise.all([...normal, ...hostile, harm, change]), SETTLE_MS)
  if (!isOver) ledger.fail(`${SETTLE_MS / 1_000} s after the last event ${ledger.waiting.length} have no outcome, or a reload does not end`)
}

/** The engine is closed while events are under way: also they have an outcome. */
async function closeUnderWay({ engine, emitter, ledger }: Parts, choices: Choices): Promise<void> {
  const last = Array.from({ length: LAST_EVENTS }, () => emitter.sendNormal(choices))
  await sleep(choices.between(0, 30))
  ledger.isClosing = true
  if (!(await settles(engine.close(), CLOSE_MS))) ledger.fail(`the engine is not closed after ${CLOSE_MS / 1_000} s`)
  await settles(Promise.all(last), CLOSE_MS)
}

async function repeat(over: AbortSignal, choices: Choices, send: (choices: Choices) => Promise<void>): Promise<void> {
  while (!over.aborted) await send(choices)
}

async function tellProgress({ combination, tell }: CombinationOrder, ledger: Ledger, over: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const { accepted, ends, problemCount } = ledger
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
    tell(`${combination}: ${seconds} s, ${accepted} events, ${ends.harms} runners harmed, ${problemCount} problems`)
  }, TELL_EVERY_MS)
  await new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }))
  clearInterval(timer)
}

async function settles(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false)
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    timer.abort()
  }
}
