// Reading an error runs its getters: they could see who reads, or answer with something that is not text.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'getters of a thrown error see nobody and are read as text',
  threat: 'escape-error',
  source: script(ts`() => {
  const seen: any[] = []
  const error: any = new Error('x')
  for (const key of ['name', 'message', 'stack', 'code', 'cause', 'toString', 'constructor'])
    Object.defineProperty(error, key, { get(this: any) { seen.push(this === error, new Error().stack); return { toString: () => 'evil ' + key, valueOf: () => 1, [Symbol.toPrimitive]: () => { throw 1 } } } })
  throw error
}`),
  expect: {
    status: 'exception',
    code: 'EXCEPTION',
    check: ({ error }) => {
      if (typeof error?.name !== 'string' || typeof error.message !== 'string' || error.message.includes('evil'))
        throw new Error(JSON.stringify(error))
    },
  },
} satisfies Attack
