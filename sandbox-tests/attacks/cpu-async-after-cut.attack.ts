// A run that was cut must leave nothing that could still write.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'nothing of a run that was cut runs later',
  threat: 'cpu-async',
  source: script(
    ts`async (event: any, ctx: any) => {
  if (event.look) return await ctx.kv.get('ghost')
  const ghost = async () => { try { for (;;); } finally { await ctx.kv.set('ghost', 'boo') } }
  setTimeout(() => ctx.kv.set('ghost', 'timer'), 1)
  void ghost().catch(() => ctx.kv.set('ghost', 'catch'))
  await ghost()
}`,
    { needs: '{ kv: true }' },
  ),
  act: async ({ fire }) => {
    const first = await fire({})
    await new Promise((resolve) => setTimeout(resolve, 50))
    return [first, await fire({ look: true })]
  },
  expect: [{ status: 'cpu_exceeded' }, { status: 'ok' }],
} satisfies Attack
