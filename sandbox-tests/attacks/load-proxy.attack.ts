// A proxy as manifest: without end in depth and breadth.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'a manifest without end is refused',
  threat: 'load',
  source: ts`const endless: any = new Proxy({}, { get: () => endless, ownKeys: () => Array.from({ length: 20 }, (_, i) => 'k' + i), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }) })
export default endless`,
  load: { code: 'MANIFEST_INVALID' },
  expect: { status: 'load_failed' },
} satisfies Attack
