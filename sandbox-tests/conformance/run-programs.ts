// Runs programs on one runtime, through a real engine: one engine, one script a program, one event after another.
import { z } from 'zod'
import {
  defineBinding,
  type Engine,
  HostFunctionError,
  type LogEntry,
  type Outcome,
  type OutcomeStatus,
  type ScriptFault,
  type Usage,
} from '../../engine/index.ts'
import { openEngine, PATIENT } from '../harness/engines.ts'
import type { Call, Program, Programs } from './program.ts'

/** The runtimes that are held against each other. */
export const RUNTIMES = ['quickjs', 'v8'] as const

/** A runtime by its name. */
export type RuntimeName = (typeof RUNTIMES)[number]

/** The moment at which every run begins. */
export const NOW_MS = Date.UTC(2026, 10, 22, 10, 30, 15, 250)

/** What must be the same on both runtimes: all of an outcome but what was measured. */
export interface Essence {
  readonly status: OutcomeStatus
  readonly value: unknown
  readonly error: ScriptFault | undefined
  readonly logs: readonly LogEntry[]
  readonly stateLost: true | undefined
  readonly usage: Pick<Usage, 'hostCalls' | 'logBytes' | 'outputBytes'>
}

const echo = { input: z.tuple([z.unknown()]), output: z.unknown() }

/** What programs call: `ctx.host`. */
const HOST = defineBinding('host', {
  echo: { ...echo, handler: (_call, value) => value },
  kind: { input: z.tuple([z.unknown()]), output: z.string(), handler: (_call, value) => Object.prototype.toString.call(value) },
  slow: { ...echo, handler: (_call, value) => new Promise((resolve) => setTimeout(resolve, 30, value)) },
  add: { input: z.tuple([z.number(), z.number()]), output: z.number(), handler: (_call, a, b) => a + b },
  many: { input: z.tuple([z.number()]), output: z.unknown(), handler: (_call, count) => Array.from({ length: count }, (_, i) => ({ i })) },
  fail: { input: z.tuple([]), output: z.void(), handler: () => Promise.reject(new RangeError('a secret of the host')) },
  refuse: {
    input: z.tuple([z.string()]),
    output: z.void(),
    handler: (_call, why) => Promise.reject(new HostFunctionError('REFUSED', why)),
  },
  never: {
    input: z.tuple([]),
    output: z.void(),
    handler: (call) => new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve())),
  },
  nothing: { input: z.tuple([]), output: z.void(), handler: () => undefined },
})

/** Runs every program, in order; gives what came of each of its calls. Bundles are kept in the directory. */
export async function runPrograms(
  runtime: RuntimeName,
  programs: Programs,
  bundleCache: string | false = false,
): Promise<Map<string, readonly Essence[]>> {
  await using engine = await openFor(runtime, programs, bundleCache)
  const ends = new Map<string, readonly Essence[]>()
  for (const [name, program] of Object.entries(programs)) ends.set(name, await runProgram(engine, scriptIdOf(name), program))
  return ends
}

/** The events of a program; what is expected of a single one stands with the program itself. */
export function callsOf(program: Program): readonly Call[] {
  return program.calls ?? [{ ...program, payload: 'payload' in program ? program.payload : 7 }]
}

/** The module of a program. A body begins on its second line. */
export function moduleOf(program: Program): string {
  return program.script ?? `export default { needs: { host: true }, on: { '@go': async (event, ctx) => {\n${program.body}\n} } }`
}

function openFor(runtime: RuntimeName, programs: Programs, bundleCache: string | false): Promise<Engine> {
  const entries = Object.entries(programs)
  // Each program has events of its own, so that an event goes to one script.
  const files = entries.map(([name, program]) => [`${scriptIdOf(name)}.ts`, moduleOf(program).replaceAll("'@", `'${scriptIdOf(name)}/`)])
  const rules = entries.filter(([, { policy }]) => policy !== undefined).map(([name, { policy }]) => [scriptIdOf(name), policy])
  const policy = {
    version: 1,
    defaults: { ...PATIENT.defaults, runtime, allow: { host: true, log: true } },
    scripts: Object.fromEntries(rules) as object,
  }
  return openEngine(Object.fromEntries(files) as Record<string, string>, {
    bindings: [HOST],
    policy,
    bundleCache,
    clock: () => NOW_MS,
    random: countedBytes(),
  })
}

async function runProgram(engine: Engine, id: string, program: Program): Promise<readonly Essence[]> {
  const run = async ({ event = 'go', payload, limits }: Call): Promise<Essence> => {
    const { outcomes } = await engine.emit(`${id}/${event}`, payload, limits === undefined ? {} : { limits })
    if (outcomes.length > 1) throw new Error(`${id}: ${outcomes.length} scripts handle ${event}`)
    return outcomes[0] === undefined ? unloaded(engine, id) : essenceOf(outcomes[0])
  }
  const calls = callsOf(program)
  if (program.atOnce) return await Promise.all(calls.map(run))
  const ends: Essence[] = []
  for (const call of calls) ends.push(await run(call))
  return ends
}

/** What came of a program that did not load: no event reaches it. */
function unloaded(engine: Engine, id: string): Essence {
  const error = engine.scripts().find((script) => script.id === id)?.error
  return {
    status: 'load_failed',
    value: undefined,
    error,
    logs: [],
    stateLost: undefined,
    usage: { hostCalls: 0, logBytes: 0, outputBytes: 0 },
  }
}

function essenceOf({ status, value, error, logs, stateLost, usage }: Outcome): Essence {
  const { hostCalls, logBytes, outputBytes } = usage
  const told = status.endsWith('_exceeded') && status !== 'stack_exceeded' ? withoutPlace(error) : error
  return { status, value, error: told, logs, stateLost, usage: { hostCalls, logBytes, outputBytes } }
}

/** Where a run is when its time is over is chance. */
function withoutPlace(error: ScriptFault | undefined): ScriptFault | undefined {
  return error === undefined ? undefined : { code: error.code, name: error.name, message: error.message }
}

/** Bytes that are the same for the same call of each engine, so that chance repeats. */
function countedBytes(): (bytes: number) => Uint8Array {
  let calls = 0
  return (bytes) => {
    calls++
    return Uint8Array.from({ length: bytes }, (_, i) => (calls * 31 + i * 17) % 256)
  }
}

/** The id of a program's script. */
export function scriptIdOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
