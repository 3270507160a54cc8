// Names of a megabyte, of nothing, of control characters.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'a manifest with a name of a megabyte is refused in a short sentence',
  threat: 'load',
  source: `export default { name: 'n'.repeat(1000000), on: { ['e'.repeat(1000000)]: () => 1 } }`,
  load: { code: 'MANIFEST_INVALID', message: /^.{1,400}$/s },
  expect: { status: 'load_failed' },
} satisfies Attack
