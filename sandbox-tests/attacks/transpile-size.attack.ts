// Source as large as one likes.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'source over its limit is refused before it is read',
  threat: 'transpile',
  source: `export default () => ${JSON.stringify('x'.repeat(1_100_000))}`,
  load: { code: 'SOURCE_TOO_LARGE' },
  expect: { status: 'load_failed' },
} satisfies Attack
