// The same through every kind of value that crosses.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'maps, sets, bytes and big integers count as output',
  threat: 'output',
  source: script(ts`(event: any) => {
  const big = 300000
  const values: any = { map: () => new Map(Array.from({ length: 60000 }, (_, i) => [i, i])), set: () => new Set(Array.from({ length: 90000 }, (_, i) => i)), bytes: () => new Uint8Array(big), bigint: () => 2n ** 1000000n << 99999n, dates: () => Array.from({ length: 30000 }, (_, i) => new Date(i)), undefineds: () => new Array(90000).fill(undefined) }
  return values[event.kind]()
}`),
  policy: { limits: { cpu: '5s', memory: '64MiB' } },
  act: async ({ fire }) => {
    const outcomes = []
    for (const kind of ['map', 'set', 'bytes', 'dates', 'undefineds']) outcomes.push(await fire({ kind }))
    return outcomes
  },
  expect: Array.from({ length: 5 }, () => ({ status: 'output_exceeded' }) as const),
} satisfies Attack
