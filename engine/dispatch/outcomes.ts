// Outcomes: what a run came to, in the words of the contract.
import { codeFault } from '../errors/code-fault.ts'
import type { Limits } from '../model/limits.ts'
import type { FailedOutcome, LogEntry, Outcome, OutcomeStatus, ScriptFault } from '../model/outcome.ts'
import { NO_USAGE, type Usage } from '../model/usage.ts'
import type { GoneRun } from '../runner/runner-client.ts'
import { wireCodec } from '../sandbox/guest/guest-source.ts'
import { readLogs } from '../sandbox/run-log.ts'
import type { RunEnd } from '../sandbox/sandbox.ts'

/** Whose outcome it is. */
export interface RunIdentity {
  readonly script: string
  readonly event: string
  readonly runId: string
}

/** Makes faults readable: frames mapped, a code frame. */
export interface FaultMapper {
  /** Of a thrown value. */
  readonly thrown: (fault: NonNullable<RunEnd['fault']>, code: string) => ScriptFault
  /** Of a run that came to its end, whose result is what is wrong. */
  readonly ended: (fault: ScriptFault) => ScriptFault
  /** Of a run that was cut, at a place where that is known. */
  readonly cut: (fault: ScriptFault, site: RunEnd['at']) => ScriptFault
}

const WERE_CUT: ReadonlySet<OutcomeStatus> = new Set([
  'cpu_exceeded',
  'wall_exceeded',
  'memory_exceeded',
  'output_exceeded',
  'host_calls_exceeded',
])

/** A run that never started, or that ended without the runner's word. */
export function failedOutcome(
  identity: RunIdentity,
  status: FailedOutcome['status'],
  error: ScriptFault,
  { usage = NO_USAGE, logs = [] }: { readonly usage?: Usage; readonly logs?: Outcome['logs'] } = {},
): FailedOutcome {
  return { ...identity, status, error, usage, logs }
}

/** Milliseconds, to a microsecond: what is finer, no clock of ours measures. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}

/** The outcome of a run that its runner ended. */
export function outcomeOf(
  identity: RunIdentity,
  end: RunEnd,
  limits: Limits,
  { wallMs, mapperOf }: { readonly wallMs: number; readonly mapperOf: () => FaultMapper },
): Outcome {
  const { memoryBytes, hostCalls, logBytes, outputBytes } = end.usage
  const usage = { cpuMs: toMicroseconds(end.usage.cpuMs), wallMs, memoryBytes, hostCalls, logBytes, outputBytes } // on the host's clock: queueing counts
  const { script, event, runId } = identity
  const logs = logsOf(end, mapperOf)
  if (end.status !== 'ok') return { ...identity, status: end.status, error: faultOfEnd(end, limits, mapperOf()), usage, logs }
  try {
    const value = wireCodec.decode(end.value ?? '')
    return value === undefined
      ? { script, event, runId, status: 'ok', usage, logs }
      : { script, event, runId, status: 'ok', value, usage, logs }
  } catch {
    // Text that the guest's own codec never writes: the sandbox's memory was tampered with.
    return { ...identity, status: 'exception', error: codeFault('RESULT_NOT_PLAIN', 'value', 'malformed'), usage, logs }
  }
}

/** What was logged, and a rejection that nobody awaited. */
function logsOf({ logs, unawaited }: RunEnd, mapperOf: () => FaultMapper): readonly LogEntry[] {
  const entries = logs.length === 0 ? [] : readLogs(logs)
  if (unawaited === undefined) return entries
  const error = mapperOf().thrown(unawaited, 'REJECTION_UNAWAITED')
  const message = `A rejection that nobody awaited: ${error.name}: ${error.message}`
  return [...entries, { level: 'error', message, error }]
}

/** The outcome of a run whose runner had to be killed for it, or broke down in it. */
export function killedOutcome(
  identity: RunIdentity,
  status: OutcomeStatus,
  gone: GoneRun,
  facts: { readonly limits: Limits; readonly wallMs: number; readonly mapper: FaultMapper },
): Outcome {
  const { limits, wallMs, mapper } = facts
  const end = endOfKilled(status, gone, limits)
  const usage = {
    ...NO_USAGE,
    cpuMs: Math.min(wallMs, gone.cpuMs ?? limits.cpuMs),
    wallMs,
    hostCalls: gone.hostCalls,
    logBytes: gone.logs.reduce((sum, entry) => sum + entry.length, 0),
  }
  return failedOutcome(identity, end.status, WERE_CUT.has(end.status) ? mapper.cut(end.error, undefined) : end.error, {
    usage,
    logs: readLogs(gone.logs),
  })
}

function endOfKilled(status: OutcomeStatus, { reason }: GoneRun, limits: Limits): Pick<FailedOutcome, 'status' | 'error'> {
  switch (status) {
    case 'wall_exceeded':
      return { status, error: codeFault('WALL_EXCEEDED', limits.wallMs) }
    case 'memory_exceeded':
      return { status, error: codeFault('MEMORY_EXCEEDED', limits.memoryBytes) }
    case 'runner_lost':
      return { status, error: codeFault('RUNNER_LOST', reason) }
    default:
      return { status: 'cpu_exceeded', error: codeFault('CPU_EXCEEDED', limits.cpuMs) }
  }
}

function faultOfEnd(end: RunEnd, limits: Limits, mapper: FaultMapper): ScriptFault {
  const fault = faultOfStatus(end, limits, mapper)
  return WERE_CUT.has(end.status) ? mapper.cut(fault, end.at) : fault
}

function faultOfStatus(end: RunEnd, limits: Limits, mapper: FaultMapper): ScriptFault {
  switch (end.status) {
    case 'cpu_exceeded':
      return codeFault('CPU_EXCEEDED', limits.cpuMs)
    case 'wall_exceeded':
      return end.stalled === true ? codeFault('RUN_STALLED') : codeFault('WALL_EXCEEDED', limits.wallMs)
    case 'memory_exceeded':
      return codeFault('MEMORY_EXCEEDED', limits.memoryBytes)
    case 'output_exceeded':
      return codeFault('OUTPUT_EXCEEDED', limits.outputBytes)
    case 'host_calls_exceeded':
      return codeFault('HOST_CALLS_EXCEEDED', limits.hostCalls)
    case 'stack_exceeded': {
      const fault = codeFault('STACK_EXCEEDED', limits.stackBytes)
      return end.fault === undefined ? fault : { ...mapper.thrown(end.fault, 'STACK_EXCEEDED'), message: fault.message }
    }
    case 'cancelled':
      return codeFault('CANCELLED', 'its signal was aborted')
    default:
      if (end.notPlain !== undefined) return notPlainFault(end.notPlain, mapper)
      return end.fault === undefined ? codeFault('SANDBOX_FAULT') : mapper.thrown(end.fault, end.fault.code ?? 'EXCEPTION')
  }
}

/** The names of fields are the script's: what is said of them is made printable and cut, as what it throws is. */
function notPlainFault({ path, what }: NonNullable<RunEnd['notPlain']>, mapper: FaultMapper): ScriptFault {
  const fault = codeFault('RESULT_NOT_PLAIN', path, what)
  const { message } = mapper.thrown({ name: fault.name, message: fault.message, stack: '' }, fault.code)
  return mapper.ended({ ...fault, message })
}
