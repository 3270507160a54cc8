// A namespace that may be read only, and others that were not granted, through every method and spelling.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a shared namespace is written by nobody who may only read it, and reached by nobody else',
  threat: 'cross-script',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const { kv } = ctx
  const seen: any[] = []
  const attempt = async (call: () => Promise<unknown>) => { try { seen.push(await call()) } catch (error: any) { if (!['NAMESPACE_DENIED', 'ARGUMENT_INVALID', 'ARGUMENT_NOT_PLAIN'].includes(error.code)) seen.push(error.code) } }
  const team = { namespace: 'team' }
  for (const write of [
    () => kv.set('a', 1, team), () => kv.delete('a', team), () => kv.increment('a', 1, team), () => kv.compareAndSet('a', undefined, 1, team),
    () => kv.set('a', 1, { ...team, access: 'read-write' }), () => kv.set('a', 1, { namespace: ['team'] }), () => kv.set('a', 1, { namespace: { toString: () => 'team' } }),
  ]) await attempt(write)
  for (const namespace of ['other', 'Team', 'team ', 'team\u0000', 'constructor', 'toString', '__proto__', '["neighbour"]', '{"shared":[null,"team"]}', 'null', '*', '', null, 0, [], {}])
    for (const read of [() => kv.get('secret', { namespace }), () => kv.list({ namespace }), () => kv.watch({ namespace, timeout: 0 })]) await attempt(read)
  return [seen, await kv.list(team)]
}`,
    { needs: `{ kv: { shared: { team: 'read-write', other: 'read' } } }` },
  ),
  policy: { allow: { kv: { shared: { team: 'read' } } }, limits: { hostCalls: 200 } },
  expect: { status: 'ok', value: [[], { entries: [] }] },
} satisfies Attack
