// What an isolate throws at its host where no entry does: a rejection that nobody awaited.
import type { GuestFault } from '../../model/outcome.ts'

/** Of a stack, in UTF-16 units. */
export const MOST_STACK_CHARS = 32_768
const MOST_MESSAGE_CHARS = 8_192
/** What the library says of an object that is no error. */
const NO_ERROR = 'An object was thrown from supplied code within isolated-vm'

/** What left an entry in the place of its answer: a rejection that nobody awaited. Of an error, the library makes one of the host's. */
export function reasonOf(thrown: unknown): GuestFault {
  if (!(thrown instanceof Error))
    return {
      name: 'Error',
      message: `Thrown value: ${typeof thrown === 'object' && thrown !== null ? 'an object' : String(thrown)}`,
      stack: '',
    }
  const { name, message, stack = '' } = thrown
  if (message.startsWith(NO_ERROR)) return { name: 'Error', message: 'Thrown value: an object', stack: '' }
  // The library writes the first frame right behind the message.
  const title = `${name}: ${message}`
  const frames = stack.startsWith(title) ? stack.slice(title.length) : stack
  return { name, message: message.slice(0, MOST_MESSAGE_CHARS), stack: frames.slice(0, MOST_STACK_CHARS) }
}
