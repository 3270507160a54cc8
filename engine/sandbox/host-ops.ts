// The one host function's operations: what each of them means, whatever the runtime. Everything only queues or computes; nothing here enters the guest.
import { describe } from '../errors/codes.ts'
import type { CellRun } from './cell-run.ts'
import { HOST_OPS } from './guest/host-ops.ts'
import { callPure } from './pure-functions.ts'
import type { GuestCall } from './sandbox.ts'

/** What the operations need of a cell. */
export interface HostOpCell {
  readonly run: CellRun
  queueCall(call: GuestCall): void
  writeLog(entry: string | undefined): void
}

/** What the operations need of a runtime: one object for all of its cells, so that an operation makes nothing. */
export interface HostOpRuntime<OpCell extends HostOpCell, Text> {
  /** The argument, or undefined when it has more than so many bytes in UTF-8, or there is no room to show it. */
  readText(cell: OpCell, text: Text, mostBytes: number): string | undefined
  /** The source of a lazy global's pack; the empty name says that the last one is compiled. */
  openPack(cell: OpCell, name: string): string | undefined
}

const MOST_TEXT_BYTES = 32 * 1024 * 1024
const MOST_RANDOM_BYTES = 65_536
/** For a call's number and name, beside its arguments. */
const NAME_ROOM_BYTES = 1_024
/** A fault may be told even where results must be tiny. */
export const ANSWER_ROOM_BYTES = 64 * 1024

/** Does one operation; answers with text, or undefined. */
export function doHostOp<OpCell extends HostOpCell, Text>(
  runtime: HostOpRuntime<OpCell, Text>,
  cell: OpCell,
  op: number,
  text: Text,
): string | undefined {
  switch (op) {
    case HOST_OPS.log:
      cell.writeLog(runtime.readText(cell, text, Math.max(0, cell.run.log.room)))
      return undefined
    case HOST_OPS.call:
      return queueCall(runtime, cell, text)
    case HOST_OPS.settled:
      cell.run.settle(runtime.readText(cell, text, cell.run.start.limits.outputBytes + ANSWER_ROOM_BYTES))
      return undefined
    case HOST_OPS.setTimer:
      return setTimer(cell, runtime.readText(cell, text, 100) ?? '')
    case HOST_OPS.clearTimer:
      cell.run.clearTimer(Number(runtime.readText(cell, text, 100)))
      return undefined
    case HOST_OPS.pure: {
      const call = runtime.readText(cell, text, MOST_TEXT_BYTES) ?? ''
      const cut = call.indexOf('\n')
      return callPure(call.slice(0, cut), call.slice(cut + 1))
    }
    case HOST_OPS.random:
      return randomText(cell, Number(runtime.readText(cell, text, 20)))
    case HOST_OPS.pack:
      return runtime.openPack(cell, runtime.readText(cell, text, 100) ?? '')
    case HOST_OPS.runId:
      return cell.run.start.runId
    case HOST_OPS.startedAt:
      return `${cell.run.start.now}`
    default:
      return undefined
  }
}

function queueCall<OpCell extends HostOpCell, Text>(runtime: HostOpRuntime<OpCell, Text>, cell: OpCell, text: Text): string | undefined {
  const { limits } = cell.run.start
  if (cell.run.start.isLoading) return refusal('LOAD_HOST_CALL')
  if (cell.run.hostCalls < limits.hostCalls && cell.run.pendingCalls >= limits.pendingHostCalls) {
    return `PENDING_HOST_CALLS_EXCEEDED\n${describe('PENDING_HOST_CALLS_EXCEEDED', limits.pendingHostCalls)}`
  }
  const most = limits.hostCallArgumentBytes
  const call = runtime.readText(cell, text, most + NAME_ROOM_BYTES)
  if (call === undefined) return tooLarge(most)
  const [id, name, args, ...more] = call.split('\n')
  // Three lines, or the sandbox's memory was tampered with: a fourth would be read as a message of its own.
  if (name === undefined || args === undefined || more.length > 0)
    return `ARGUMENT_NOT_PLAIN\n${describe('ARGUMENT_NOT_PLAIN', 'arguments', 'malformed')}`
  if (call.length * 3 > most && Buffer.byteLength(args) > most) return tooLarge(most)
  cell.queueCall({ id: Number(id), name, args })
  return undefined
}

function tooLarge(bytes: number): string {
  return `HOST_CALL_ARGUMENT_TOO_LARGE\n${describe('HOST_CALL_ARGUMENT_TOO_LARGE', bytes)}`
}

function setTimer(cell: HostOpCell, text: string): string | undefined {
  if (cell.run.start.isLoading) return refusal('LOAD_HOST_CALL')
  if (cell.run.timerCount >= cell.run.start.limits.timers)
    return `TIMERS_EXCEEDED\n${describe('TIMERS_EXCEEDED', cell.run.start.limits.timers)}`
  const [id, delay, repeats] = text.split(' ').map(Number) as [number, number, number]
  // A repeating timer without a delay would be a loop in disguise.
  cell.run.setTimer(id, { due: performance.now() + delay, repeatMs: repeats === 1 ? Math.max(1, delay) : undefined })
  return undefined
}

function randomText(cell: HostOpCell, count: number): string | undefined {
  if (!Number.isInteger(count) || count < 0 || count > MOST_RANDOM_BYTES) return undefined
  // Each unit is raised by 1: the text may cross as a C string, which ends at 0.
  return String.fromCharCode(...Array.from(cell.run.random.next(count), (byte) => byte + 1))
}

function refusal(code: 'LOAD_HOST_CALL'): string {
  return `${code}\n${describe(code)}`
}
