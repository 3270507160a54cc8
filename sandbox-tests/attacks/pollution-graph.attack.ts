// The same keys through the other half of the codec, which makes objects field by field.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'dangerous keys beside a Date arrive as data of their own',
  threat: 'pollution',
  source: script(ts`() => {
  const evil: any = { when: new Date(0), map: new Map<any, any>([['__proto__', { polluted: 1 }]]) }
  Object.defineProperty(evil, '__proto__', { value: { polluted: new Date(1) }, enumerable: true })
  evil.constructor = { prototype: { polluted: 2n } }
  return evil
}`),
  expect: {
    status: 'ok',
    check: ({ value }) => {
      const result = value as object
      if (
        Object.getPrototypeOf(result) !== Object.prototype ||
        !Object.hasOwn(result, '__proto__') ||
        'polluted' in {} ||
        'polluted' in Object
      )
        throw new Error('polluted')
    },
  },
} satisfies Attack
