// Calls without end, caught at the edge again and again.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'recursion without end is a RangeError, which a script may catch',
  threat: 'recursion',
  source: script(ts`(event: any) => {
  const dive = (): any => dive()
  if (event.n === 1) return dive()
  let caught = 0
  for (let i = 0; i < 20; i++) { try { dive() } catch (error) { if (error instanceof RangeError) caught++ } }
  return caught
}`),
  policy: { limits: { cpu: '2s' } },
  act: async ({ fire }) => [await fire({ n: 1 }), await fire({ n: 2 })],
  skip: { inline: 'a deep stack of the host’s own thread is the host’s' },
  expect: [
    { status: 'stack_exceeded', code: 'STACK_EXCEEDED' },
    { status: 'ok', value: 20 },
  ],
} satisfies Attack
