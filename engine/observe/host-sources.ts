// The host's own clock and randomness, held so that one that fails harms no run: it is told of, and something that works stands in.
import { randomBytes } from 'node:crypto'
import { engineError } from '../errors/engine-error.ts'

/** Told of each failure: an `OPTIONS_INVALID` that names the option, with what the host's function threw as its cause. */
export type OnSourceFailure = (error: Error) => void

/** A clock that always tells a number: where the host's throws or tells something else, the last moment that it told, or the system's time. Never throws. */
export function steadfastClock(clock: () => number, onFailure: OnSourceFailure): () => number {
  let last: number | undefined
  return () => {
    try {
      const now = clock()
      if (Number.isFinite(now)) {
        last = now
        return now
      }
      onFailure(failure('clock', 'milliseconds since 1970', `it returned ${show(now)}`))
    } catch (cause) {
      onFailure(failure('clock', 'milliseconds since 1970', 'it threw', cause))
    }
    return last ?? Date.now()
  }
}

/** Random bytes that always come: where the host's function throws or returns something else than as many bytes, the system's. Never throws. */
export function steadfastRandom(random: (bytes: number) => Uint8Array, onFailure: OnSourceFailure): (bytes: number) => Uint8Array {
  return (bytes) => {
    try {
      const made: unknown = random(bytes)
      if (made instanceof Uint8Array && made.length === bytes) return made
      onFailure(failure('random', `a Uint8Array of ${bytes} bytes`, `it returned ${show(made)}`))
    } catch (cause) {
      onFailure(failure('random', `a Uint8Array of ${bytes} bytes`, 'it threw', cause))
    }
    return randomBytes(bytes)
  }
}

function failure(option: string, expected: string, what: string, cause?: unknown): Error {
  return engineError('OPTIONS_INVALID', [`"${option}" must return ${expected}, but ${what}; something else stood in for it.`], { cause })
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 100)
}
