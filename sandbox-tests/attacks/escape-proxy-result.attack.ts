// A proxy as result: every trap runs while the bridge reads it, and could lie differently each time.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a proxy arrives as a copy of what it showed',
  threat: 'escape-proxy',
  source: script(ts`() => {
  let reads = 0
  return new Proxy({ a: 1 }, {
    get: (target, key) => (key === 'a' ? (reads++, 'plain') : Reflect.get(target, key)),
    ownKeys: () => ['a'],
    getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true, writable: true }),
  })
}`),
  expect: { status: 'ok', value: { a: 'plain' } },
} satisfies Attack
