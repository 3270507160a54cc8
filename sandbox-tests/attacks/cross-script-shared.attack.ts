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
  const sealed = { namespace: 'sealed' }
  for (const write of [
    () => kv.set('a', 1, sealed), () => kv.delete('a', sealed), () => kv.increment('a', 1, sealed), () => kv.compareAndSet('a', undefined, 1, sealed),
    () => kv.set('a', 1, { ...sealed, access: 'read-write' }), () => kv.set('a', 1, { namespace: ['sealed'] }), () => kv.set('a', 1, { namespace: { toString: () => 'sealed' } }),
  ]) await attempt(write)
  for (const namespace of ['other', 'Sealed', 'sealed ', 'sealed\u0000', 'constructor', 'toString', '__proto__', '["neighbour"]', '{"shared":[null,"sealed"]}', 'null', '*', '', null, 0, [], {}])
    for (const read of [() => kv.get('secret', { namespace }), () => kv.list({ namespace }), () => kv.watch({ namespace, timeout: 0 })]) await attempt(read)
  return [seen, await kv.list(sealed)]
}`,
    { needs: `{ kv: { shared: { sealed: 'read-write', other: 'read' } } }` },
  ),
  policy: { allow: { kv: { shared: { sealed: 'read' } } }, limits: { hostCalls: 200 } },
  expect: { status: 'ok', value: [[], { entries: [] }] },
} satisfies Attack
