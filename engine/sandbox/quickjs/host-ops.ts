// The one host function, seen from the cell: what each operation does. Everything only queues or computes; nothing here enters the guest.
import { describe } from '../../errors/codes.ts'
import { HOST_OPS } from '../guest/host-ops.ts'
import { packSource } from '../guest/packs.ts'
import { callPure } from '../pure-functions.ts'
import type { GuestCall } from '../sandbox.ts'
import type { Base } from './base.ts'
import { PLACES, type Pointer, STRIP_SOURCE, STRIP_SOURCE_AND_PLACES } from './build.ts'
import type { CellRun } from './cell-run.ts'
import type { Machine } from './machine.ts'

/** What the operations need of a cell. */
export interface HostOpTarget {
  readonly machine: Machine
  readonly base: Base
  readonly run: CellRun
  /** Ends the run on the spot when its time is up: between two operations, native work may have gone unnoticed. */
  checkTime(): void
  queueCall(call: GuestCall): void
  writeLog(entry: string | undefined): void
}

const MOST_TEXT_BYTES = 32 * 1024 * 1024
const MOST_RANDOM_BYTES = 65_536
/** For a call's number and name, beside its arguments. */
const NAME_ROOM_BYTES = 1_024
/** A fault may be told even where results must be tiny. */
export const ANSWER_ROOM_BYTES = 64 * 1024

/** Runs one operation; answers with a new guest string, or 0 for undefined. */
export function runHostOp(cell: HostOpTarget, argc: number, argv: Pointer): Pointer {
  cell.checkTime()
  // What has settled is over: jobs that are still running ask in vain.
  if (argc !== 2 || cell.run.isSettled) return 0
  const { exports } = cell.machine
  const { context } = cell.base.layout
  const answer = operate(cell, exports.getFloat64(context, exports.argument(argv, 0)), exports.argument(argv, 1))
  return answer === undefined ? 0 : cell.machine.newString(context, answer)
}

function operate(cell: HostOpTarget, op: number, text: Pointer): string | undefined {
  const read = (mostBytes: number): string | undefined => cell.machine.readText(cell.base.layout.context, text, mostBytes)
  switch (op) {
    case HOST_OPS.log:
      cell.writeLog(read(Math.max(0, cell.run.log.room)))
      return undefined
    case HOST_OPS.call:
      return queueCall(cell, read)
    case HOST_OPS.settled:
      cell.run.settle(read(cell.run.start.limits.outputBytes + ANSWER_ROOM_BYTES))
      return undefined
    case HOST_OPS.setTimer:
      return setTimer(cell, read(100) ?? '')
    case HOST_OPS.clearTimer:
      cell.run.clearTimer(Number(read(100)))
      return undefined
    case HOST_OPS.pure: {
      const call = read(MOST_TEXT_BYTES) ?? ''
      const cut = call.indexOf('\n')
      return callPure(call.slice(0, cut), call.slice(cut + 1))
    }
    case HOST_OPS.random:
      return randomText(cell, Number(read(20)))
    case HOST_OPS.pack:
      return openPack(cell, read(100) ?? '')
    case HOST_OPS.runId:
      return cell.run.start.runId
    case HOST_OPS.startedAt:
      return `${cell.run.start.now}`
    default:
      return undefined
  }
}

function queueCall(cell: HostOpTarget, read: (mostBytes: number) => string | undefined): string | undefined {
  const { limits } = cell.run.start
  if (cell.run.start.isLoading) return refusal('LOAD_HOST_CALL')
  if (cell.run.hostCalls < limits.hostCalls && cell.run.pendingCalls >= limits.pendingHostCalls) {
    return `PENDING_HOST_CALLS_EXCEEDED\n${describe('PENDING_HOST_CALLS_EXCEEDED', limits.pendingHostCalls)}`
  }
  const most = limits.hostCallArgumentBytes
  const text = read(most + NAME_ROOM_BYTES)
  if (text === undefined) return tooLarge(most)
  const [id, name, args, ...more] = text.split('\n')
  // Three lines, or the sandbox's memory was tampered with: a fourth would be read as a message of its own.
  if (name === undefined || args === undefined || more.length > 0)
    return `ARGUMENT_NOT_PLAIN\n${describe('ARGUMENT_NOT_PLAIN', 'arguments', 'malformed')}`
  if (text.length * 3 > most && Buffer.byteLength(args) > most) return tooLarge(most)
  cell.queueCall({ id: Number(id), name, args })
  return undefined
}

function tooLarge(bytes: number): string {
  return `HOST_CALL_ARGUMENT_TOO_LARGE\n${describe('HOST_CALL_ARGUMENT_TOO_LARGE', bytes)}`
}

function setTimer(cell: HostOpTarget, text: string): string | undefined {
  if (cell.run.start.isLoading) return refusal('LOAD_HOST_CALL')
  if (cell.run.timerCount >= cell.run.start.limits.timers)
    return `TIMERS_EXCEEDED\n${describe('TIMERS_EXCEEDED', cell.run.start.limits.timers)}`
  const [id, delay, repeats] = text.split(' ').map(Number) as [number, number, number]
  // A repeating timer without a delay would be a loop in disguise.
  cell.run.setTimer(id, { due: performance.now() + delay, repeatMs: repeats === 1 ? Math.max(1, delay) : undefined })
  return undefined
}

function randomText(cell: HostOpTarget, count: number): string | undefined {
  if (!Number.isInteger(count) || count < 0 || count > MOST_RANDOM_BYTES) return undefined
  // Each unit is raised by 1: the text crosses as a C string, which ends at 0.
  return String.fromCharCode(...Array.from(cell.run.random.next(count), (byte) => byte + 1))
}

/** What a pack is compiled to carries neither its text nor its places: they would be half of its memory. What a script compiles keeps both. */
function openPack(cell: HostOpTarget, name: string): string | undefined {
  const source = packSource(name)
  cell.machine.setByte(cell.base.layout.runtime + PLACES.stripFlagsInRuntime, source === undefined ? STRIP_SOURCE : STRIP_SOURCE_AND_PLACES)
  return source
}

function refusal(code: 'LOAD_HOST_CALL'): string {
  return `${code}\n${describe(code)}`
}
