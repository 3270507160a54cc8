// What was a comment in the first browsers, and is an operator here.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'HTML comments are refused or code, never comments',
  threat: 'transpile',
  source: script(ts`(event: any) => { let x = event.n; const y = 0; return [x<!--y, x] }`),
  load: { code: 'SYNTAX_ERROR' },
  expect: { status: 'load_failed' },
} satisfies Attack
