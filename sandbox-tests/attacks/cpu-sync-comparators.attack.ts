// Loops that are somebody else's: comparators, replacers, revivers, iterators.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'callbacks of builtins are cut like any code',
  threat: 'cpu-sync',
  source: script(ts`(event: any) => {
  const endless = { *[Symbol.iterator]() { for (;;) yield 1 } }
  const ways: any = {
    sort: () => Array.from({ length: 5000 }, (_, i) => i).sort(() => Math.random() - 0.5).sort(() => { for (;;); }),
    replace: () => 'x'.repeat(1e3).replace(/x/g, () => { for (let i = 0; i < 1e6; i++); return '' }),
    from: () => new Set(endless as any), spread: () => Math.max(...(endless as any)), reviver: () => JSON.parse('[1]', () => { for (;;); }),
    valueOf: () => +({ valueOf() { for (;;); } } as any), species: () => [1].map.call(new Proxy([1, 2], { get: () => { for (;;); } }), () => 1),
  }
  ways[event.kind]()
}`),
  act: async ({ fire }) => [
    await fire({ kind: 'sort' }),
    await fire({ kind: 'replace' }),
    await fire({ kind: 'reviver' }),
    await fire({ kind: 'valueOf' }),
    await fire({ kind: 'species' }),
  ],
  expect: Array.from({ length: 5 }, () => ({ status: 'cpu_exceeded', code: 'CPU_EXCEEDED' }) as const),
} satisfies Attack
