// The engine's options: checked and completed once, then frozen. Nothing below this file has a default of its own.
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { didYouMean } from './errors/did-you-mean.ts'
import { engineError } from './errors/engine-error.ts'
import type { EventDefinitions } from './events.ts'
import { steadfastClock, steadfastRandom } from './observe/host-sources.ts'
import type { EngineObserver } from './observe/observer.ts'
import { reportRejection } from './observe/report-rejection.ts'
import type { HomePlacement } from './policy/script-home.ts'
import { readQuantity } from './policy/units.ts'
import { scheduleFile } from './schedule/schedule-file.ts'
import { isScheduleStore, memoryScheduleStore, type ScheduleStore } from './schedule/schedule-store.ts'
import { diskStore } from './source/disk-store.ts'
import { memoryStore } from './source/memory-store.ts'
import type { ScriptStore } from './source/script-store.ts'

/** Where the engine tells what happens to it. pino fits. */
export interface EngineLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What an engine can be told. Every option has a working default. */
export interface EngineOptions<E extends EventDefinitions = EventDefinitions> {
  /** The scripts directory, or a store. Without it only `evaluate` has something to run. */
  readonly scripts?: string | ScriptStore | undefined
  /** Path of the policy file, or its content as an object. Without it the built-in defaults are in force. */
  readonly policy?: string | object | undefined
  /** The host's events; without them any name is accepted. */
  readonly events?: E | undefined
  /** Runners that serve events at once, in each pool (one for each combination of runtime and placement in use); the number of cores by default. */
  readonly workers?: number | undefined
  /**
   * Where scripts run that the policy does not put into processes: `thread` by default; `process`; `inline` only for scripts that the host trusts: nothing can end
   * them while they compute natively. Scripts on v8 always have processes of their own.
   */
  readonly placement?: HomePlacement | undefined
  /** Whether changes of scripts and policy are picked up; false by default. */
  readonly watch?: boolean | undefined
  /** Told of what happens to scripts and policy; silent by default. */
  readonly logger?: EngineLogger | undefined
  /**
   * Whether the schedules of scripts run; true by default. Of several engines over the same scripts, one should run them. Or where is remembered when those that say
   * `missed: 'once'` ran last: a file's path, or a store; `.vivarium/schedules.json` in the scripts directory by default.
   */
  readonly schedules?: boolean | string | ScheduleStore | undefined
  /** Milliseconds since 1970, for scripts, bindings and schedules; the system's by default. */
  readonly clock?: (() => number) | undefined
  /** Random bytes for the seeds of runs; the system's by default. Seeded, runs repeat. */
  readonly random?: ((bytes: number) => Uint8Array) | undefined
  /** Bytes of images that are kept in memory: a number or a size such as `128MiB`; 64 MiB by default. */
  readonly imageCache?: number | string | undefined
  /** Where bundles are kept between starts; `.vivarium/bundles` in the scripts directory by default, `false` for nowhere. */
  readonly bundleCache?: string | false | undefined
  /**
   * Whether the types of scripts are written at start, and when the policy changes: `true` for `.vivarium/env.d.ts` in the scripts directory, and a `tsconfig.json` where
   * there is none; or the path of the file. Without it, a file that is there and out of date is a warning.
   */
  readonly types?: boolean | string | undefined
  /** Told of every run and host call. */
  readonly observer?: EngineObserver | undefined
}

/** Options as the engine uses them. */
export interface NormalOptions {
  readonly store: ScriptStore
  readonly policy: string | object | undefined
  readonly events: EventDefinitions | undefined
  readonly workers: number
  readonly placement: HomePlacement
  readonly watch: boolean
  readonly logger: EngineLogger
  /** Undefined where schedules do not run. */
  readonly schedules: ScheduleStore | undefined
  readonly clock: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly imageCacheBytes: number
  readonly bundleCacheDirectory: string | undefined
  readonly types: boolean | string
  readonly observer: EngineObserver
}

const KNOWN = [
  'scripts',
  'policy',
  'events',
  'bindings',
  'packs',
  'packsDirectory',
  'workers',
  'placement',
  'watch',
  'logger',
  'schedules',
  'clock',
  'random',
  'imageCache',
  'bundleCache',
  'types',
  'observer',
  'audit',
]
const DEFAULT_IMAGE_CACHE_BYTES = 64 * 1024 * 1024
const MOST_WORKERS = 64
const POOL_BYTES = 65_536
const LEVELS = ['debug', 'info', 'warn', 'error'] as const
const SILENT: EngineLogger = Object.freeze({ debug: nothing, info: nothing, warn: nothing, error: nothing })

/** Throws `OPTIONS_INVALID`. */
export function normaliseOptions(options: EngineOptions): NormalOptions {
  if (typeof options !== 'object' || options === null) throw invalid(`the options must be an object, not ${show(options)}.`)
  for (const key of Object.keys(options))
    if (!KNOWN.includes(key)) throw invalid(`there is no option "${key}".${didYouMean(key, KNOWN)} There are ${KNOWN.join(', ')}.`)
  const store = readStore(options.scripts)
  const logger = readLogger(options.logger)
  const clock = readFunction('clock', options.clock)
  const random = readFunction('random', options.random)
  const onSourceFailure = (err: Error): void => logger.error({ err }, "the host's clock or randomness failed")
  return Object.freeze({
    store,
    policy: readPolicy(options.policy),
    events: readEvents(options.events),
    workers: readWorkers(options.workers),
    placement: readPlacement(options.placement),
    watch: readWatch(options.watch),
    logger,
    schedules: readSchedules(options.schedules, store),
    clock: clock === undefined ? Date.now : steadfastClock(clock, onSourceFailure),
    random: random === undefined ? pooledRandom() : steadfastRandom(random, onSourceFailure),
    imageCacheBytes: readImageCache(options.imageCache),
    bundleCacheDirectory: readBundleCache(options.bundleCache, store),
    types: readTypes(options.types),
    observer: readObserver(options.observer),
  })
}

function readStore(scripts: unknown): ScriptStore {
  if (scripts === undefined) return memoryStore()
  if (typeof scripts === 'string') return diskStore(scripts)
  if (isStore(scripts)) return scripts
  throw invalid(`"scripts" must be a directory's path or a script store (list, read, watch), not ${show(scripts)}.`)
}

function isStore(value: unknown): value is ScriptStore {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['list', 'read', 'watch'].every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
  )
}

function readPolicy(policy: unknown): string | object | undefined {
  if (policy === undefined || typeof policy === 'string' || (typeof policy === 'object' && policy !== null)) return policy
  throw invalid(`"policy" must be a file's path or an object, not ${show(policy)}.`)
}

/** Checks what the host passes for `events`. Throws `OPTIONS_INVALID`. */
export function readEvents(events: unknown): EventDefinitions | undefined {
  if (events === undefined) return undefined
  if (typeof events !== 'object' || events === null) throw invalid(`"events" must be what defineEvents returns, not ${show(events)}.`)
  for (const [name, definition] of Object.entries(events)) {
    if (typeof definition !== 'object' || definition === null)
      throw invalid(`the event "${name}" must be an object such as { payload: … }, not ${show(definition)}.`)
    const { kind = 'event', payload, answer } = definition as { kind?: unknown; payload?: unknown; answer?: unknown }
    if (kind !== 'event' && kind !== 'filter' && kind !== 'decision')
      throw invalid(`the event "${name}" is of kind ${show(kind)}; there are event, filter and decision.`)
    for (const schema of [payload, answer])
      if (schema !== undefined && !isSchema(schema)) throw invalid(`the event "${name}" has a schema that is no Standard Schema.`)
    if (kind === 'filter' && payload === undefined)
      throw invalid(`the filter "${name}" needs a "payload" schema: each step is held against it.`)
    if (kind === 'decision' && answer === undefined)
      throw invalid(`the decision "${name}" needs an "answer" schema: the first valid answer decides.`)
  }
  return events as EventDefinitions
}

function isSchema(value: unknown): boolean {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && '~standard' in value
}

function readWorkers(workers: unknown): number {
  if (workers === undefined) return availableParallelism()
  if (Number.isInteger(workers) && (workers as number) >= 1 && (workers as number) <= MOST_WORKERS) return workers as number
  throw invalid(`"workers" must be a whole number from 1 to ${MOST_WORKERS}, not ${show(workers)}.`)
}

function readPlacement(placement: unknown): HomePlacement {
  if (placement === undefined) return 'thread'
  if (placement === 'thread' || placement === 'process' || placement === 'inline') return placement
  throw invalid(`"placement" must be "thread", "process" or "inline", not ${show(placement)}.`)
}

function readWatch(watch: unknown): boolean {
  if (watch === undefined || typeof watch === 'boolean') return watch === true
  throw invalid(`"watch" must be true or false, not ${show(watch)}.`)
}

/** A logger is the host's code: what it throws harms nobody. */
function readLogger(logger: EngineLogger | undefined): EngineLogger {
  if (logger === undefined) return SILENT
  const missing = LEVELS.filter((level) => typeof logger?.[level] !== 'function')
  if (missing.length > 0) throw invalid(`"logger" must have the methods ${LEVELS.join(', ')}; ${missing.join(', ')} missing.`)
  const guarded =
    (level: (typeof LEVELS)[number]) =>
    (fields: object, message: string): void => {
      try {
        reportRejection(logger[level](fields, message), nothing)
      } catch {
        // There is nobody left to tell.
      }
    }
  return Object.freeze({ debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') })
}

function readObserver(observer: EngineObserver | undefined): EngineObserver {
  if (observer === undefined || (typeof observer === 'object' && observer !== null)) return observer ?? {}
  throw invalid(`"observer" must be an object with some of the methods run, hostCall, runner, not ${show(observer)}.`)
}

/** Checks what the host passes for `bindings` and `audit`. Throws `OPTIONS_INVALID`. */
export function checkBindings(bindings: unknown, audit: unknown): void {
  readFunction('audit', audit)
  const isBinding = (value: unknown): boolean => typeof value === 'object' && value !== null && 'surface' in value && 'methods' in value
  if (bindings === undefined || (Array.isArray(bindings) && bindings.every(isBinding))) return
  throw invalid(`"bindings" must be an array of what defineBinding and standardBindings return, not ${show(bindings)}.`)
}

function readFunction<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === 'function') return value
  throw invalid(`"${name}" must be a function, not ${show(value)}.`)
}

function readImageCache(size: unknown): number {
  if (size === undefined) return DEFAULT_IMAGE_CACHE_BYTES
  if (typeof size === 'number' && Number.isFinite(size) && size >= 0) return size
  const reading = readQuantity('bytes', size)
  if (reading.ok) return reading.value
  throw invalid(`"imageCache" cannot be ${reading.got}; write ${reading.expected}, or a number of bytes.`)
}

function readBundleCache(directory: unknown, store: ScriptStore): string | undefined {
  if (directory === false) return undefined
  if (typeof directory === 'string') return directory
  if (directory !== undefined) throw invalid(`"bundleCache" must be a directory's path or false, not ${show(directory)}.`)
  return store.directory === undefined ? undefined : join(store.directory, '.vivarium', 'bundles')
}

function readSchedules(schedules: unknown, store: ScriptStore): ScheduleStore | undefined {
  if (schedules === false) return undefined
  if (typeof schedules === 'string') return scheduleFile(schedules)
  if (isScheduleStore(schedules)) return schedules
  if (schedules !== undefined && schedules !== true)
    throw invalid(`"schedules" must be true, false, a file's path or a store (read, write), not ${show(schedules)}.`)
  return store.directory === undefined ? memoryScheduleStore() : scheduleFile(join(store.directory, '.vivarium', 'schedules.json'))
}

function readTypes(types: unknown): boolean | string {
  if (types === undefined) return false
  if (typeof types === 'boolean' || (typeof types === 'string' && types !== '')) return types
  throw invalid(`"types" must be true, false or a file's path, not ${show(types)}.`)
}

/** Random bytes from a pool: the system is asked once for many seeds. */
function pooledRandom(): (bytes: number) => Uint8Array {
  let pool = Buffer.alloc(0)
  let at = 0
  return (bytes) => {
    if (at + bytes > pool.length) {
      pool = randomBytes(Math.max(POOL_BYTES, bytes))
      at = 0
    }
    at += bytes
    return pool.subarray(at - bytes, at)
  }
}

function invalid(what: string): ReturnType<typeof engineError> {
  return engineError('OPTIONS_INVALID', [`createEngine: ${what}`])
}

function show(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : value === null
      ? 'null'
      : typeof value === 'object'
        ? 'an object'
        : String(value)
}

function nothing(): void {
  // The silent logger, and a failure of a logger.
}
