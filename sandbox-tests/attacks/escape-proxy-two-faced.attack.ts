// Plain when it is checked, a function when it is written.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a value that changes between two looks crosses as data or not at all',
  threat: 'escape-proxy',
  source: script(ts`() => {
  let looks = 0
  return { list: new Proxy([1], { get: (target, key, receiver) => (key === '0' ? (looks++ === 0 ? 1 : { toJSON: () => ({ toJSON: () => 'no', deep: () => 1, when: new Date(0) }) }) : Reflect.get(target, key, receiver)) }) }
}`),
  expect: {
    status: 'ok',
    check: ({ value }) => {
      const [first] = (value as { list: unknown[] }).list
      if (typeof first === 'function') throw new Error('a live function came out')
    },
  },
} satisfies Attack
