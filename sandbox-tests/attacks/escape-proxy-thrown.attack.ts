// A thrown proxy: everything that is read of it runs the attacker's code.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a thrown proxy becomes an ordinary fault',
  threat: 'escape-proxy',
  source: script(ts`() => {
  throw new Proxy(new Error('inner'), { get() { throw new Proxy({}, { get() { throw 1 } }) }, has() { throw 2 }, getPrototypeOf() { throw 3 }, ownKeys() { throw 4 } })
}`),
  expect: {
    status: 'exception',
    code: 'EXCEPTION',
    check: ({ error }) => {
      if (typeof error?.message !== 'string') throw new Error('no message')
    },
  },
} satisfies Attack
