// A host function that runs wait at until the test lets them go on: who meets whom is then no matter of time.
import { z } from 'zod'
import { type Binding, defineBinding } from '../../engine/index.ts'

/** The door of one test. Scripts with `needs: { door: true }` call `ctx.door.pass(n)`. */
export interface Door {
  readonly binding: Binding
  /** How many runs have come to it as `n` so far, those included that went on. */
  arrivals(n: number): number
  /** Lets those go on that wait as `n`, and those that will come as `n`. */
  open(n: number): void
}

/** Makes a door. Runs that nobody lets go on wait until they are cut. */
export function makeDoor(): Door {
  const numbers = new Map<number, PromiseWithResolvers<void> & { arrivals: number }>()
  const of = (n: number) => {
    const known = numbers.get(n) ?? { ...Promise.withResolvers<void>(), arrivals: 0 }
    numbers.set(n, known)
    return known
  }
  const pass = (_call: unknown, n: number): Promise<void> => {
    const number = of(n)
    number.arrivals++
    return number.promise
  }
  return {
    binding: defineBinding('door', { pass: { input: z.tuple([z.number()]), output: z.void(), handler: pass } }),
    arrivals: (n) => of(n).arrivals,
    open: (n) => of(n).resolve(),
  }
}
