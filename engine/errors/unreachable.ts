// The end of an exhaustive switch.
import { engineError } from './engine-error.ts'

/** For the default branch of a switch over a closed union: the compiler proves that it is never reached. Throws `INTERNAL` if a broken peer makes it be. */
export function unreachable(value: never): never {
  throw engineError('INTERNAL', [`no case for ${JSON.stringify(value)?.slice(0, 200)}`])
}
