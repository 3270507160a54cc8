// Ten thousand handlers.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'a manifest with ten thousand handlers is refused',
  threat: 'load',
  source: `const on: any = {}\nfor (let i = 0; i < 10000; i++) on['event' + i] = () => i\nexport default { on }`,
  load: { code: 'MANIFEST_INVALID' },
  expect: { status: 'load_failed' },
} satisfies Attack
