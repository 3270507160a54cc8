// Arrays that claim billions of items in a few bytes.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'sparse arrays are as large as they claim',
  threat: 'output',
  source: script(
    ts`(event: any) => { const a: any[] = []; if (event.n === 1) a[4294967294] = 1; else a.length = 4294967295; return event.n === 3 ? { when: new Date(0), a } : a }`,
  ),
  policy: { limits: { cpu: '2s' } },
  act: async ({ fire }) => [await fire({ n: 1 }), await fire({ n: 2 }), await fire({ n: 3 })],
  expect: [{ status: 'output_exceeded' }, { status: 'output_exceeded' }, { status: 'output_exceeded' }],
} satisfies Attack
