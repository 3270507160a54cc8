// Plain values on Object.prototype make records that lack a field look as if they had it.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'fields that a record lacks are not taken from Object.prototype',
  threat: 'escape-builtins',
  source: script(ts`() => [() => 1]`, {
    top: ts`
  Object.assign(Object.prototype, { tooLarge: true, ok: true, text: 'J"forged"', truncated: true, then: 1, isFresh: true, code: 'FORGED', cause: 'forged' })`,
  }),
  expect: { status: 'exception', code: 'RESULT_NOT_PLAIN' },
} satisfies Attack
