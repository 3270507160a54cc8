// The one way into a context: a function that the cell calls with the name of an entry. Evaluated inside, after the guest's parts.
import type { V8Kit } from './v8-kit.ts'

/** The entries, by number. */
export const ENTRIES = Object.freeze({
  /** Takes the host's callback, the seed of `Math.random`, and 1 when the script may leave jobs behind. */
  connect: 0,
  touch: 1,
  /** Takes what the script is; where the grant is known already, also its shape and what `limit` takes. */
  load: 2,
  grant: 3,
  dispatch: 4,
  settle: 5,
  fire: 6,
  abort: 7,
  listens: 8,
  /** What the last entry answered with, when that was lost on its way. */
  answer: 9,
  collect: 10,
  /** Takes how many bytes a result and the arguments of a call may have. */
  limit: 11,
  /** Says what is awaited, and where; with 0, where whoever runs is. */
  where: 12,
} as const)

/** A number of {@link ENTRIES}. */
export type Entry = (typeof ENTRIES)[keyof typeof ENTRIES]

/** Leaves the way in on the global object, from where the cell takes it before any script. Needs the whole kit. */
export function entryPart(kit: V8Kit): void {
  const { apply } = Reflect
  const { then } = Promise.prototype
  const settled = Promise.resolve()
  const ANSWER = 9
  const OVERFLOW = 'S{"name":"RangeError","message":"stack overflow","stack":""}'
  let answer: unknown

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
  const load = (module: Parameters<V8Kit['load']>[0], shape: string | undefined, mostOutput: number, mostArguments: number): string => {
    const portrait = kit.load(module)
    if (shape !== undefined) {
      kit.grant(shape)
      outputBytes = mostOutput
      argumentBytes = mostArguments
    }
    return portrait
  }
  const enter = (entry: number, now: number, a: unknown, b: unknown, c: unknown, d: unknown): unknown => {
    kit.now = now
    switch (entry) {
      case 0:
        kit.ask = a as V8Kit['ask']
        kit.setSeed(b as string)
        mayLeaveJobs = c === 1
        return kit.complete()
      case 1:
        return kit.touch(a as string)
      case 2:
        return load(a as Parameters<V8Kit['load']>[0], b as string | undefined, c as number, d as number)
      case 3:
        return kit.grant(a as string)
      case 4:
        kit.setSeed(c as string)
        return dispatch(a as string, b as string)
      case 5:
        return kit.settle(a as number, b as number, c as string)
      case 6:
        return kit.fire(a as number)
      case 7:
        return kit.abort(a as string)
      case 8:
        return kit.listens()
      case 10:
        return kit.collect()
      case 12:
        return kit.where(a as number)
      default:
        outputBytes = a as number
        argumentBytes = b as number
        return undefined
    }
  }
  // Nothing leaves but text and numbers: what is thrown here is the guest giving up.
  const root = globalThis as unknown as { vivarium: unknown }
  root.vivarium = (...given: unknown[]): unknown => {
    if (given[0] === ANSWER) return answer
    try {
      answer = apply(enter, undefined, given)
    } catch {
      answer = OVERFLOW
    }
    return answer
  }
}
