// One text, one byte and a megabyte too long.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a result over its limit is refused, one just below arrives',
  threat: 'output',
  source: script(ts`(event: any) => 'é'.repeat(event.size)`),
  policy: { limits: { cpu: '2s' } },
  act: async ({ fire }) => [await fire({ size: 131071 }), await fire({ size: 131072 }), await fire({ size: 3000000 })],
  expect: [
    { status: 'ok', value: 'é'.repeat(131071) },
    { status: 'output_exceeded', code: 'OUTPUT_EXCEEDED' },
    { status: 'output_exceeded' },
  ],
} satisfies Attack
