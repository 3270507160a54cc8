// Three kilobytes that take a transpiler seconds.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'source that takes the transpiler too long is refused',
  threat: 'transpile',
  source: `export default () => ${'a=>'.repeat(2500)}1`,
  isAlone: true,
  load: { code: 'BUNDLE_TIMEOUT' },
  expect: { status: 'load_failed' },
} satisfies Attack
