// An array that claims to be endless.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'an array that grows while it is read is too large, not a hang',
  threat: 'escape-proxy',
  source: script(
    ts`() => new Proxy([], { get: (target, key, receiver) => (key === 'length' ? 2 ** 53 - 1 : typeof key === 'string' ? 1 : Reflect.get(target, key, receiver)) })`,
  ),
  policy: { limits: { cpu: '1s' } },
  expect: { status: 'output_exceeded', code: 'OUTPUT_EXCEEDED' },
} satisfies Attack
