// The far end of a channel: takes messages, drives cells, sends what came of it. It knows one sandbox and no host.
import { unreachable } from '../errors/unreachable.ts'
import { NO_USAGE } from '../model/usage.ts'
import type { Cell, LoadEnd, RunEnd, Sandbox } from '../sandbox/sandbox.ts'
import { CellPool } from './cell-pool.ts'
import type { RunnerActivity, RunnerPort } from './channel.ts'
import {
  type CancelMessage,
  type FreezeMessage,
  type LoadMessage,
  PROTOCOL_VERSION,
  type ReplyMessage,
  type RequestId,
  type RunMessage,
  type ToRunner,
} from './protocol.ts'
import { StateCells } from './state-cells.ts'
import { StateTurns } from './state-turns.ts'

/** A run that has a cell. */
interface LiveRun {
  readonly message: RunMessage
  readonly cell: Cell
  /** On the runner's monotonic clock, as `wallDeadline`. The host's clock stood at `now`. */
  readonly startedAt: number
  readonly now: number
  readonly wallDeadline: number
  /** It began in the script's image. */
  readonly isFresh: boolean
  timer: NodeJS.Timeout | undefined
  /** The moment that the timer is set for. */
  wakesAt: number
  /** Its cell gave up in a way that nobody foresaw: it serves no other run. */
  isBroken: boolean
}

/** Without a fault: the host says that the sandbox gave up. */
const BROKEN: RunEnd = Object.freeze({ status: 'exception', usage: NO_USAGE, logs: [] })
const UNLOADABLE: LoadEnd = Object.freeze({ ok: false, status: 'memory_exceeded', logs: [] })

/** Drives cells. One for each channel. */
export class Runner {
  readonly #port: RunnerPort
  readonly #activity: RunnerActivity | undefined
  readonly #pool: CellPool
  readonly #states: StateCells
  readonly #turns = new StateTurns((message) => {
    this.#sendUnbegun(message.id, 'wall_exceeded')
    this.#port.flush()
  })
  /** Those that wait, for an answer or a timer: most never do. */
  readonly #runs = new Map<RequestId, LiveRun>()
  readonly #loads = new Map<RequestId, { readonly cell: Cell; readonly memoryBytes: number }>()

  constructor(sandbox: Sandbox, port: RunnerPort, activity: RunnerActivity | undefined) {
    this.#port = port
    this.#activity = activity
    this.#pool = new CellPool(sandbox)
    this.#states = new StateCells(this.#pool, sandbox.cells)
    port.send({ kind: 'hello', version: PROTOCOL_VERSION, runtime: sandbox.runtime, baseHash: sandbox.baseHash })
    port.flush()
  }

  /** Does what a message says. What it makes the runner send goes out with the port's next flush. */
  handle(message: ToRunner): void {
    switch (message.kind) {
      case 'run':
        return this.#admit(message)
      case 'reply':
        return this.#reply(message)
      case 'cancel':
        return this.#cancel(message)
      case 'load':
        return this.#load(message)
      case 'freeze':
        return this.#freeze(message)
      case 'unload':
        return this.#unload(message.id)
      default:
        return unreachable(message)
    }
  }

  /** Begins a run that had to wait for the state that it continues. Whether there was one; a placement asks between any two messages. */
  proceed(): boolean {
    const waiting = this.#turns.next()
    if (waiting !== undefined) this.#run(waiting.message, performance.now() - waiting.arrivedAt)
    return waiting !== undefined
  }

  /** Whether {@link proceed} has something to do. */
  get isDue(): boolean {
    return this.#turns.isDue
  }

  /** Whether a run that has not begun will read the image of this name where its message says that it lies. */
  needs(key: string): boolean {
    return this.#turns.needs(key)
  }

  /** Forgets every run: nothing wakes it any more. For a runner that shares its thread with others. */
  close(): void {
    for (const run of this.#runs.values()) clearTimeout(run.timer)
    this.#runs.clear()
    this.#turns.clear()
  }

  #load({ id, code, touches, limits, now, seed }: LoadMessage): void {
    const memoryBytes = limits.memoryBytes + limits.bundleBytes // the code lies beside what it makes
    const cell = attempt(() => this.#pool.take(memoryBytes, '').cell)
    if (cell === undefined) return this.#port.send({ kind: 'loaded', id, end: UNLOADABLE })
    this.#loads.set(id, { cell, memoryBytes })
    this.#port.secure?.('')
    this.#activity?.subject(id, [])
    const end = attempt(() => cell.load({ code, touches, limits, now, seed })) ?? UNLOADABLE
    if (!end.ok) this.#unload(id)
    this.#port.send({ kind: 'loaded', id, end })
  }

  #freeze({ id, shape }: FreezeMessage): void {
    const loaded = this.#loads.get(id)
    if (loaded === undefined) return
    this.#activity?.subject(id, [])
    const image = attempt(() => loaded.cell.freeze(shape))
    this.#unload(id)
    if (image !== undefined) this.#port.send({ kind: 'frozen', id, image })
    else this.#port.send({ kind: 'loaded', id, end: UNLOADABLE })
  }

  #unload(id: RequestId): void {
    const loaded = this.#loads.get(id)
    if (loaded === undefined) return
    this.#loads.delete(id)
    this.#pool.give(loaded.cell, loaded.memoryBytes, '')
  }

  #admit(message: RunMessage): void {
    if (message.state === '' || this.#turns.enter(message)) this.#run(message, 0)
  }

  /** `waitedMs` of its wall clock are gone. */
  #run(message: RunMessage, waitedMs: number): void {
    const { id, event, runId, payload, limits, roomBytes, state, key, seed } = message
    const startedAt = performance.now()
    const wallDeadline = startedAt + message.wallMs - waitedMs
    const now = waitedMs === 0 ? message.now : Math.floor(message.now + waitedMs)
    const terms = { event, runId, payload, limits, roomBytes, wallDeadline, now, seed, isKept: state !== '' }
    this.#activity?.subject(id, [], `${limits.cpuMs} ${key}`)
    const found = attempt(() => this.#findCell(state, roomBytes, key))
    if (found === undefined) {
      if (state !== '') this.#turns.leave(state)
      return this.#port.send({ kind: 'ended', id, end: BROKEN, state: { isFresh: false, isKept: false } })
    }
    const { cell, servedSame } = found
    const isFresh = servedSame !== undefined
    const run: LiveRun = {
      message,
      cell,
      startedAt,
      now,
      wallDeadline,
      isFresh,
      timer: undefined,
      wakesAt: Number.POSITIVE_INFINITY,
      isBroken: false,
    }
    this.#step(run, () => (isFresh ? cell.start(message.image, terms, servedSame) : cell.resume(terms)))
  }

  /** A run ended that had not begun: its state is as it was. */
  #sendUnbegun(id: RequestId, status: RunEnd['status']): void {
    this.#port.send({ kind: 'ended', id, end: { status, usage: NO_USAGE, logs: [] }, state: { isFresh: false, isKept: true } })
  }

  /** The cell that holds a state, or one for a fresh start: then `servedSame` is there. Throws when the machine has no memory for another cell. */
  #findCell(state: string, roomBytes: number, key: string): { readonly cell: Cell; readonly servedSame?: boolean } {
    const kept = state === '' ? undefined : this.#states.take(state, roomBytes)
    return kept === undefined ? this.#pool.take(roomBytes, key) : { cell: kept }
  }

  #reply({ id, call, ok, text, now }: ReplyMessage): void {
    const run = this.#runs.get(id)
    if (run === undefined) return // the run ended meanwhile: its replies are dropped
    this.#activity?.subject(id, run.cell.logged)
    this.#step(run, () => run.cell.settle(call, ok, text, now))
  }

  #cancel({ id, reason, now }: CancelMessage): void {
    const run = this.#runs.get(id)
    if (run === undefined) {
      if (this.#turns.withdraw(id) !== undefined) this.#sendUnbegun(id, 'cancelled')
      return
    }
    this.#activity?.subject(id, run.cell.logged)
    this.#step(run, () => run.cell.cancel(reason, now))
  }

  /** Takes a step of a run: its calls go out; it waits, or it ends. A cell that gives up ends its own run only. */
  #step(run: LiveRun, take: () => RunEnd | undefined): void {
    const { id, key } = run.message
    this.#port.secure?.(key)
    let end: RunEnd | undefined
    try {
      end = take()
    } catch {
      run.isBroken = true
      end = BROKEN
    }
    if (end === undefined) this.#runs.set(id, run) // before its calls go out: an answer may be there at once
    const { cpuMs } = run.cell
    for (const { id: call, name, args } of run.cell.takeCalls()) this.#port.send({ kind: 'call', id, call, name, args, cpuMs })
    if (end === undefined) this.#wait(run)
    else this.#finish(run, end)
  }

  #finish(run: LiveRun, end: RunEnd): void {
    const { id, roomBytes, state, key } = run.message
    clearTimeout(run.timer)
    this.#runs.delete(id)
    const isIntact = !run.isBroken && (end.status === 'ok' || end.status === 'exception')
    const isKept = state !== '' && isIntact
    if (isKept) this.#states.keep(state, run.cell, roomBytes, end.usage.memoryBytes)
    else if (run.isBroken) run.cell.dispose()
    else this.#pool.give(run.cell, roomBytes, key, end.usage.memoryBytes)
    if (state !== '') this.#turns.leave(state)
    this.#port.send({ kind: 'ended', id, end, state: { isFresh: run.isFresh, isKept } })
  }

  /** Wakes the run at its next timer or at its deadline, whichever is first. */
  #wait(run: LiveRun): void {
    const wakesAt = Math.min(run.wallDeadline, run.cell.nextDue ?? Number.POSITIVE_INFINITY)
    if (run.timer !== undefined && run.wakesAt <= wakesAt) return
    clearTimeout(run.timer)
    run.wakesAt = wakesAt
    run.timer = setTimeout(() => this.#wake(run), Math.max(0, Math.ceil(wakesAt - performance.now())))
  }

  #wake(run: LiveRun): void {
    run.timer = undefined
    run.wakesAt = Number.POSITIVE_INFINITY
    const moment = performance.now()
    this.#activity?.subject(run.message.id, run.cell.logged)
    if (moment >= run.wallDeadline) this.#step(run, () => run.cell.expire())
    else if ((run.cell.nextDue ?? Number.POSITIVE_INFINITY) <= moment)
      this.#step(run, () => run.cell.fireDue(Math.floor(run.now + moment - run.startedAt)))
    else this.#wait(run)
    this.#port.flush()
    if (this.isDue) setImmediate(() => this.#proceedAll())
  }

  /** For what has become due by itself, while no message came. */
  #proceedAll(): void {
    while (this.proceed());
    this.#port.flush()
  }
}

/** What a step comes to; undefined when the cell gave up in a way that nobody foresaw. */
function attempt<T>(step: () => T): T | undefined {
  try {
    return step()
  } catch {
    return undefined
  }
}
