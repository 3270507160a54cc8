// A replaced exec is called by RegExp.prototype.test with the bridge's own pattern in hand.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'a replaced exec or Symbol.replace gains nothing',
  threat: 'escape-builtins',
  source: script(ts`() => ({ ['odd key']: [1n, { ['another one']: () => 1 }] })`, {
    top:
      PROBE +
      ts`
  let found = ''
  RegExp.prototype.exec = function (this: any, ...values: any[]) { for (const value of [this, ...values]) found += escaped(value); return null }
  ;(RegExp.prototype as any)[Symbol.replace] = (...values: any[]) => { for (const value of values) found += escaped(value); return 'x' }`,
  }),
  expect: {
    status: 'exception',
    code: 'RESULT_NOT_PLAIN',
    check: ({ error }) => {
      if (!/is a function/.test(error?.message ?? '')) throw new Error(error?.message)
    },
  },
} satisfies Attack
