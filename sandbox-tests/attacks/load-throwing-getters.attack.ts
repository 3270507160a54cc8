// A default export whose getters throw while it is read.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'a default export that throws when it is read fails the load',
  threat: 'load',
  source: `export default { on: { get attack() { throw Object.assign(new Error('got you'), { code: 'LOAD_CPU_EXCEEDED' }) } } }`,
  load: { code: 'LOAD_EXCEPTION', message: /got you/ },
  expect: { status: 'load_failed' },
} satisfies Attack
