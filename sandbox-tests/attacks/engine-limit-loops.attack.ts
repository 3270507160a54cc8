// The four ways to compute for ever that every engine can interrupt.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a loop, a regular expression, a comparator and a chain of promises without end are cut',
  threat: 'engine-limit',
  source: script(ts`(event: any) => {
  const ways: any = {
    loop: () => { for (;;); },
    regexp: () => /^(a+)+$/.test('a'.repeat(40) + 'b'),
    comparator: () => Array.from({ length: 1000 }, (_, i) => i).sort(() => { for (;;); }),
    promises: async () => { for (;;) await null },
  }
  return ways[event.kind]()
}`),
  payloads: ['loop', 'regexp', 'comparator', 'promises'].map((kind) => ({ kind })),
  isMeasured: true,
  expect: Array.from({ length: 4 }, () => ({ status: 'cpu_exceeded', code: 'CPU_EXCEEDED' }) as const),
} satisfies Attack
