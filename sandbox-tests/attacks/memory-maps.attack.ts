// Growth in one step: a table that doubles, an array that is spread.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'collections that double end the run',
  threat: 'memory',
  source: script(ts`(event: any) => {
  if (event.n === 1) { const map = new Map(); for (let i = 0; ; i++) map.set(i, i) }
  if (event.n === 2) { let all: any[] = [1]; for (;;) all = [...all, ...all] }
  if (event.n === 3) return 'ab'.repeat(1e7).split('').length
  return Object.fromEntries(Array.from({ length: 1e7 }, (_, i) => [i, i]))
}`),
  policy: { limits: { cpu: '9s' } },
  growthMiB: 120,
  act: async ({ fire }) => [await fire({ n: 1 }), await fire({ n: 2 }), await fire({ n: 3 }), await fire({ n: 4 })],
  expect: Array.from({ length: 4 }, () => ({ status: 'memory_exceeded' }) as const),
} satisfies Attack
