// What the transpiler passes on and the engine does not parse.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'code that the engine does not parse is refused with its place',
  threat: 'transpile',
  source: `export default () => /(?<a>x)(?<a>y)(/`,
  load: { code: 'LOAD_EXCEPTION', message: /duplicate (capture )?group name/i },
  expect: { status: 'load_failed' },
} satisfies Attack
