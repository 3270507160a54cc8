// Runs that wait for what never comes, as many and as long as they can.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'waiting is bounded by the run: watchers and waiters are answered before its end, and go with it when it is cut',
  threat: 'host-call',
  source: script(
    ts`async (event: any, ctx: any) => {
  await ctx.lock.acquire('held', { ttl: '1h' })
  const waiting = Array.from({ length: 16 }, (_, i) => i % 2 ? ctx.kv.watch({ prefix: 'never', timeout: '5m' }) : ctx.lock.acquire('held', { wait: '5m' }))
  if (event.cut) { await ctx.kv.get('a').catch(() => 0); for (;;); }
  const answers = await Promise.all(waiting)
  return answers.every((answer: any) => answer === undefined || answer.changes.length === 0)
}`,
    { needs: '{ kv: true, lock: true }' },
  ),
  policy: { allow: { kv: true, lock: true }, limits: { wall: '1500ms', cpu: '300ms' } },
  payloads: [{ n: 1 }, { cut: true }, { n: 2 }],
  expect: [{ status: 'ok', value: true }, { status: 'cpu_exceeded' }, { status: 'ok', value: true }],
} satisfies Attack
