// What V8 needs before the guest's parts, so that scripts find the same globals, clock, chance and errors as on the other runtime: parts like those of the
// guest, evaluated inside in strict mode before any script. `ask`, `terminate` and `collect` are given by the base.
import type { Kit } from '../../guest/kit.ts'

/** What V8 adds to the kit. */
export interface V8Kit extends Kit {
  /** The host's callback, once there is a cell: answers with text, nothing, or a number when the guest must stop at once. */
  ask: (op: number, text: string) => string | number | undefined
  /** Ends everything that runs, jobs included; nothing can catch it. */
  terminate: () => void
  /** Collects garbage. */
  collect: () => void
  /** The guest's clock: ms since 1970. */
  now: number
  /** Does what can only be done in a new context: the engine adds its younger features after the snapshot. Removes the way in. */
  complete: () => void
  /** Sets what `Math.random` starts from: 16 hex digits. */
  setSeed: (seed: string) => void
}
