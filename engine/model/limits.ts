// The one table of limits: every cap on a run or on a load, its unit, default, ceiling and enforcer. Policy, docs and tests are derived from it.

/** How a limit is written: milliseconds (`50ms`, `1.5s`), bytes (`16MiB`) or a plain count. */
export type LimitUnit = 'ms' | 'bytes' | 'count'

/** One row of the limits table. */
export interface LimitRow {
  /** The field of {@link Limits} that carries the value, with its unit in the name. */
  readonly field: keyof Limits
  readonly unit: LimitUnit
  /** In force where neither policy nor host says anything. */
  readonly default: number
  /** The most that a policy can ever allow; policy's own `ceilings` may only be lower. */
  readonly ceiling: number
  /** The least that still lets the engine work. */
  readonly floor: number
  /** Who cuts or refuses: shown in docs/limits.md. */
  readonly enforcer: string
  /** What a script or host sees when it is reached. */
  readonly effect: string
}

/** The caps in force for one run (or one load), as plain numbers in the units that the names say. */
export interface Limits {
  readonly cpuMs: number
  readonly wallMs: number
  readonly memoryBytes: number
  readonly stackBytes: number
  readonly inputBytes: number
  readonly outputBytes: number
  readonly hostCalls: number
  readonly pendingHostCalls: number
  readonly hostCallArgumentBytes: number
  readonly logBytes: number
  readonly timers: number
  readonly loadCpuMs: number
  readonly sourceBytes: number
  readonly bundleBytes: number
}

const KiB = 1024
const MiB = 1024 * KiB

/** The table, keyed by the name that policy files use. */
export const LIMITS = Object.freeze({
  cpu: {
    field: 'cpuMs',
    unit: 'ms',
    default: 50,
    ceiling: 10_000,
    floor: 1,
    enforcer: 'engine interrupt, then the supervisor',
    effect: 'cut; `cpu_exceeded`',
  },
  wall: {
    field: 'wallMs',
    unit: 'ms',
    default: 5_000,
    ceiling: 300_000,
    floor: 1,
    enforcer: 'runner timer, dispatcher and supervisor while it waits',
    effect: 'cut; `wall_exceeded`',
  },
  memory: {
    field: 'memoryBytes',
    unit: 'bytes',
    default: 16 * MiB,
    ceiling: 256 * MiB,
    floor: 256 * KiB,
    enforcer: 'size of the WASM memory',
    effect: 'cut at the first refused growth; `memory_exceeded`',
  },
  stack: {
    field: 'stackBytes',
    unit: 'bytes',
    default: 256 * KiB,
    ceiling: 512 * KiB,
    floor: 32 * KiB,
    enforcer: 'engine stack limit',
    effect: '`RangeError` that can be caught; uncaught `stack_exceeded`',
  },
  input: {
    field: 'inputBytes',
    unit: 'bytes',
    default: MiB,
    ceiling: 16 * MiB,
    floor: 64,
    enforcer: 'dispatcher',
    effect: 'never starts; `exception`, code `INPUT_TOO_LARGE`',
  },
  output: {
    field: 'outputBytes',
    unit: 'bytes',
    default: 256 * KiB,
    ceiling: 16 * MiB,
    floor: 64,
    enforcer: 'guest bootstrap, checked again by the cell',
    effect: '`output_exceeded`',
  },
  hostCalls: {
    field: 'hostCalls',
    unit: 'count',
    default: 100,
    ceiling: 100_000,
    floor: 0,
    enforcer: 'cell',
    effect: 'cut at the first call beyond; `host_calls_exceeded`',
  },
  pendingHostCalls: {
    field: 'pendingHostCalls',
    unit: 'count',
    default: 16,
    ceiling: 1_000,
    floor: 1,
    enforcer: 'cell',
    effect: 'rejected promise, code `PENDING_HOST_CALLS_EXCEEDED`',
  },
  hostCallArgument: {
    field: 'hostCallArgumentBytes',
    unit: 'bytes',
    default: 256 * KiB,
    ceiling: 16 * MiB,
    floor: 64,
    enforcer: 'cell',
    effect: 'rejected promise, code `HOST_CALL_ARGUMENT_TOO_LARGE`',
  },
  log: {
    field: 'logBytes',
    unit: 'bytes',
    default: 64 * KiB,
    ceiling: 4 * MiB,
    floor: 0,
    enforcer: 'cell',
    effect: 'further entries dropped, one `truncated` entry',
  },
  timers: {
    field: 'timers',
    unit: 'count',
    default: 32,
    ceiling: 10_000,
    floor: 0,
    enforcer: 'cell',
    effect: 'throws, code `TIMERS_EXCEEDED`',
  },
  loadCpu: {
    field: 'loadCpuMs',
    unit: 'ms',
    default: 500,
    ceiling: 10_000,
    floor: 10,
    enforcer: 'engine interrupt, then the supervisor',
    effect: 'load fails, code `LOAD_CPU_EXCEEDED`',
  },
  source: {
    field: 'sourceBytes',
    unit: 'bytes',
    default: MiB,
    ceiling: 16 * MiB,
    floor: 64,
    enforcer: 'bundler',
    effect: 'load fails, code `SOURCE_TOO_LARGE`',
  },
  bundle: {
    field: 'bundleBytes',
    unit: 'bytes',
    default: MiB,
    ceiling: 16 * MiB,
    floor: 64,
    enforcer: 'bundler',
    effect: 'load fails, code `BUNDLE_TOO_LARGE`',
  },
} as const satisfies Record<string, LimitRow>)

/** A limit's name in policy files and in per-call options. */
export type LimitName = keyof typeof LIMITS

/** Every limit name, in the order of the table. */
export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[]

/** The built-in limits: the default of every row. */
export const DEFAULT_LIMITS: Limits = Object.freeze(
  Object.fromEntries(LIMIT_NAMES.map((name) => [LIMITS[name].field, LIMITS[name].default])),
) as unknown as Limits
