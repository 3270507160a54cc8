// Fills memory almost to the brim, then asks for replies that just do not fit.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a reply that does not fit ends its own run only',
  threat: 'host-call',
  source: script(
    ts`async (event: any, ctx: any) => {
  await ctx.kv.set('big', 'y'.repeat(150000))
  const hog: any[] = []
  const free = event.free
  for (let i = 0; i < (16 * 1024 - 700 - free) / 4; i++) hog.push(new Uint8Array(4000))
  for (let i = 0; i < 20; i++) hog.push(await ctx.kv.get('big'))
  return hog.length > 0
}`,
    { needs: '{ kv: true }' },
  ),
  policy: { limits: { cpu: '5s' } },
  act: async ({ fire }) => {
    const outcomes = []
    for (const free of [0, 60, 100, 140, 160, 200, 300, 440, 600, 900]) outcomes.push(await fire({ free }))
    return outcomes
  },
  expect: Array.from({ length: 10 }, () => ({ status: 'memory_exceeded', code: 'MEMORY_EXCEEDED' }) as const),
} satisfies Attack
