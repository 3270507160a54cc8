// As many events as a run can ask for at once, and what they carry.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a run emits no more events than its grant says, and nothing that is not plain',
  threat: 'events',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const codes: any[] = []
  for (const payload of [() => 1, Symbol('a'), new Proxy({}, { get() { throw new Error('read') } })]) {
    try { codes.push(await ctx.events.emit('x', payload)) } catch (error: any) { codes.push(typeof error.code) }
  }
  const all = await Promise.allSettled(Array.from({ length: 14 }, (_, i) => ctx.events.emit('x' + i, { toString: null, i })))
  const refused = all.filter((each: any) => each.reason?.code === 'EVENT_QUOTA_EXCEEDED').length
  return [codes.filter((code) => typeof code === 'number').length <= 1, refused >= 4, refused <= 5]
}`,
    { needs: '{ events: true }' },
  ),
  policy: { allow: { events: true } },
  expect: { status: 'ok', value: [true, true, true] },
} satisfies Attack
