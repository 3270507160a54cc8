// Many runs at once that each fill the last place.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'runs that write at once fill a shared quota to its edge and no further',
  threat: 'cross-script',
  source: script(
    ts`async (event: any, ctx: any) => {
  const team = { namespace: 'team' }
  if (event.count) return (await ctx.kv.list({ ...team, limit: 1000 })).entries.length
  const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => ctx.kv.set(event.n + '/' + i, i, team)))
  return settled.every((each: any) => each.status === 'fulfilled' || each.reason.code === 'KV_QUOTA_EXCEEDED')
}`,
    { needs: `{ kv: { shared: { team: 'read-write' } } }` },
  ),
  policy: { allow: { kv: { shared: { team: { access: 'read-write', keys: 25 } } } } },
  act: async ({ fire }) => [...(await Promise.all(Array.from({ length: 8 }, (_, n) => fire({ n })))), await fire({ count: true })],
  expect: [...Array.from({ length: 8 }, () => ({ status: 'ok', value: true }) as const), { status: 'ok', value: 25 }],
} satisfies Attack
