// Traps without end, where the bridge asks for the prototype, the keys, the length.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a trap that loops costs its own run only',
  threat: 'escape-proxy',
  source: script(ts`() => new Proxy({}, { getPrototypeOf() { for (;;); }, ownKeys() { for (;;); } })`),
  expect: { status: 'cpu_exceeded', code: 'CPU_EXCEEDED' },
} satisfies Attack
