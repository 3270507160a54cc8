// An image of V8: not a memory but the recipe of one. A load is deterministic, so whoever follows it comes to the same state.
import { engineError } from '../../errors/engine-error.ts'
import type { Limits } from '../../model/limits.ts'

/** What a script is loaded with, and what it was granted. */
export interface Recipe {
  readonly code: string
  readonly touches: string
  readonly limits: Limits
  readonly now: number
  readonly seed: string
  /** The grant's shape, JSON. */
  readonly shape: string
}

const VERSION = 'v8/1'

/** A recipe as bytes; the same recipe is the same bytes. */
export function encodeRecipe({ code, touches, limits, now, seed, shape }: Recipe): Uint8Array {
  return Buffer.from(JSON.stringify([VERSION, code, touches, limits, now, seed, shape]))
}

/** Reads what {@link encodeRecipe} wrote. Throws `SANDBOX_FAULT` on anything else. */
export function decodeRecipe(text: string): Recipe {
  const [version, code, touches, limits, now, seed, shape] = JSON.parse(text) as [string, string, string, Limits, number, string, string]
  if (version !== VERSION) throw engineError('SANDBOX_FAULT', [])
  return { code, touches, limits, now, seed, shape }
}
