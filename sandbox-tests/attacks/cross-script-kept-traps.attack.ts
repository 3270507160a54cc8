// In a kept sandbox: jobs, timers and patched builtins wait for the next event.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what a kept sandbox left pending never runs, and a cut one begins anew',
  threat: 'cross-script',
  source: script(
    ts`async (event: any, ctx: any) => {
  events++
  if (event.n === 3) for (;;);
  void (async () => { await 0; await 0; await 0; for (let i = 0; i < 20; i++) await 0; late++ })()
  setTimeout(() => { late++ }, 0)
  return [events, late]
}`,
    { top: 'let events = 0, late = 0' },
  ),
  policy: { isolation: 'script' },
  act: async ({ fire }) => [await fire({ n: 1 }), await fire({ n: 2 }), await fire({ n: 3 }), await fire({ n: 4 })],
  expect: [
    { status: 'ok', value: [1, 0] },
    { status: 'ok', value: [2, 0] },
    {
      status: 'cpu_exceeded',
      check: ({ stateLost }) => {
        if (stateLost !== true) throw new Error('the loss is not told')
      },
    },
    { status: 'ok', value: [1, 0] },
  ],
} satisfies Attack
