// Closes the function that the bundle is wrapped in, to run code in the open.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'source cannot break out of its wrapper',
  threat: 'transpile',
  source: ts`export default () => 1
})(); globalThis.pwned = 1; (() => {`,
  load: { code: 'SYNTAX_ERROR' },
  expect: { status: 'load_failed' },
} satisfies Attack
