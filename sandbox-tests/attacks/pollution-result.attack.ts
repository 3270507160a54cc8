// Keys that pollute where results are merged.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'dangerous keys in a result arrive as data of their own',
  threat: 'pollution',
  source: script(
    ts`() => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"toString":"x","hasOwnProperty":1}')`,
  ),
  expect: {
    status: 'ok',
    check: ({ value }) => {
      const result = value as object
      if (Object.getPrototypeOf(result) !== Object.prototype || !Object.hasOwn(result, '__proto__') || 'polluted' in {})
        throw new Error('polluted')
    },
  },
} satisfies Attack
