// The one way into a context: a function that the cell calls with the name of an entry. Evaluated inside, after the guest's parts.
import type { V8Kit } from './v8-kit.ts'

/** The entries, by number. */
export const ENTRIES = Object.freeze({
  /**
   * Takes the host's callback, the seed of `Math.random`, 1 when the script may leave jobs behind, and the lazy globals that it names; where the grant is known
   * already, also its shape and what `limit` takes.
   */
  load: 0,
  grant: 1,
  dispatch: 2,
  settle: 3,
  fire: 4,
  abort: 5,
  listens: 6,
  /** What the last entry answered with, when that was lost on its way. */
  answer: 7,
  collect: 8,
  /** Takes how many bytes a result and the arguments of a call may have. */
  limit: 9,
  /** Says what is awaited, and where; with 0, where whoever runs is. */
  where: 10,
} as const)

/** A number of {@link ENTRIES}. */
export type Entry = (typeof ENTRIES)[keyof typeof ENTRIES]

/** Leaves a function on the global object until the load: it takes what the script is, which has not run yet, and gives the way in. Needs the whole kit. */
export function entryPart(kit: V8Kit): void {
  const { apply } = Reflect
  const { then } = Promise.prototype
  const settled = Promise.resolve()
  const ANSWER = 7
  const OVERFLOW = 'S{"name":"RangeError","message":"stack overflow","stack":""}'
  let answer: unknown

  let script: Parameters<V8Kit['load']>[0]
  let mayLeaveJobs = true
  let outputBytes = 0
  let argumentBytes = 0

  /** The first job of a run: when the handler has settled by then, no other job runs. */
  const guard = (): void => {
    if (answer !== 'P') kit.terminate()
  }
  const dispatch = (event: string, payload: string): string => {
    answer = 'P'
    if (mayLeaveJobs) apply(then, settled, [guard])
    return kit.dispatch(event, payload, outputBytes, argumentBytes)
  }
  const load = (
    ask: V8Kit['ask'],
    seed: string,
    leavesJobs: boolean,
    touches: string,
    shape: string | undefined,
    mostOutput: number,
    mostArguments: number,
  ): string => {
    kit.ask = ask
    kit.setSeed(seed)
    mayLeaveJobs = leavesJobs
    kit.complete()
    if (touches !== '') kit.touch(touches)
    const portrait = kit.load(script)
    if (shape !== undefined) {
      kit.grant(shape)
      outputBytes = mostOutput
      argumentBytes = mostArguments
    }
    return portrait
  }
  const enter = (
    entry: number,
    now: number,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    e: unknown,
    f: unknown,
    g: unknown,
  ): unknown => {
    kit.now = now
    switch (entry) {
      case 0:
        return load(a as V8Kit['ask'], b as string, c === 1, d as string, e as string | undefined, f as number, g as number)
      case 1:
        return kit.grant(a as string)
      case 2:
        kit.setSeed(c as string)
        return dispatch(a as string, b as string)
      case 3:
        return kit.settle(a as number, b as number, c as string)
      case 4:
        return kit.fire(a as number)
      case 5:
        return kit.abort(a as string)
      case 6:
        return kit.listens()
      case 8:
        return kit.collect()
      case 10:
        return kit.where(a as number)
      default:
        outputBytes = a as number
        argumentBytes = b as number
        return undefined
    }
  }
  // Nothing leaves but text and numbers: what is thrown here is the guest giving up.
  const way = (...given: unknown[]): unknown => {
    if (given[0] === ANSWER) return answer
    try {
      answer = apply(enter, undefined, given)
    } catch {
      answer = OVERFLOW
    }
    return answer
  }
  const root = globalThis as unknown as { vivarium: unknown }
  root.vivarium = (module: typeof script): unknown => {
    script = module
    return way
  }
}
