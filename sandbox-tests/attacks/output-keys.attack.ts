// Hundreds of thousands of keys, and keys that are long.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'keys count as output',
  threat: 'output',
  source: script(
    ts`(event: any) => { const o: any = {}; if (event.n === 1) for (let i = 0; i < 60000; i++) o['k' + i] = 1; else o['k'.repeat(300000)] = 1; return o }`,
  ),
  policy: { limits: { cpu: '5s', memory: '64MiB' } },
  act: async ({ fire }) => [await fire({ n: 1 }), await fire({ n: 2 })],
  expect: [{ status: 'output_exceeded' }, { status: 'output_exceeded' }],
} satisfies Attack
