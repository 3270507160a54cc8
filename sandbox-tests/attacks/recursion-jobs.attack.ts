// Depth in promises: chains of a hundred thousand, resolved at once.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'long chains of promises cost time, never the host’s stack',
  threat: 'recursion',
  source: script(ts`async () => {
  let chain: any = Promise.resolve(0)
  for (let i = 0; i < 20000; i++) chain = chain.then((n: number) => n + 1)
  let nested: any = 1
  for (let i = 0; i < 3000; i++) { const inner = nested; nested = new Promise((yes) => yes(inner)) }
  return [await chain, await nested]
}`),
  policy: { limits: { cpu: '5s', memory: '64MiB' } },
  expect: { status: 'ok', value: [20000, 1] },
} satisfies Attack
