// More calls at once than may wait.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'call 17 of those that wait is refused, the others are answered',
  threat: 'host-call',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const settled = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => ctx.kv.set('p' + i, i)))
  return [settled.filter(({ status }) => status === 'fulfilled').length, new Set(settled.flatMap((each: any) => each.reason?.code ?? [])).size, (settled[39] as any).reason.code]
}`,
    { needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [16, 1, 'PENDING_HOST_CALLS_EXCEEDED'] },
} satisfies Attack
