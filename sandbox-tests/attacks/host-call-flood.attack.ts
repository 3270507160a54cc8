// One call more than allowed, none awaited in between.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'call 101 ends the run, uncatchably',
  threat: 'host-call',
  source: script(
    ts`async (_event: any, ctx: any) => {
  for (let i = 0; i < 1000; i++) { try { await ctx.kv.get('k' + i) } catch {} finally { counted++ } }
  return 'finished'
}`,
    { needs: '{ kv: true }', top: 'let counted = 0' },
  ),
  policy: { limits: { cpu: '2s' } },
  expect: {
    status: 'host_calls_exceeded',
    code: 'HOST_CALLS_EXCEEDED',
    check: ({ usage }) => {
      if (usage.hostCalls !== 100) throw new Error(String(usage.hostCalls))
    },
  },
} satisfies Attack
