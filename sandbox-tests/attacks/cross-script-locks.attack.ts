// Runs of one script and its tenants that try to free or take what another holds.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a lock is freed by its token only, and another tenant’s lock is another lock',
  threat: 'cross-script',
  source: script(
    ts`async (event: any, ctx: any) => {
  const { lock } = ctx
  if (event.hold) return (await lock.acquire('job', { ttl: '1h' })) !== undefined
  const freed: any[] = []
  const attempt = async (call: () => Promise<unknown>) => { try { if (await call()) freed.push(String(call)) } catch (error: any) { if (error.code !== 'ARGUMENT_INVALID' && error.code !== 'NAMESPACE_DENIED') freed.push(error.code) } }
  const now = Date.now()
  for (const token of [0, 1, -1, now, 2 ** 52, NaN, '*', null, undefined, true]) {
    await attempt(() => lock.release('job', token))
    await attempt(() => lock.extend('job', token, 1))
  }
  for (const namespace of ['job', 'greet', '[null,"cross-script-locks"]', 'constructor', '', null]) await attempt(() => lock.acquire('job', { namespace }))
  for (const name of ['job\u0000', '', 'x'.repeat(200), null]) await attempt(() => lock.acquire(name))
  return [freed, (await lock.acquire('job')) !== undefined]
}`,
    { needs: '{ lock: true }' },
  ),
  policy: { allow: { lock: true } },
  act: async ({ fire }) => [
    await fire({ hold: true }, { tenant: 'a' }),
    await fire({ n: 1 }, { tenant: 'a' }),
    await fire({ n: 1 }, { tenant: 'b' }),
    await fire({ hold: true }, { tenant: 'b' }),
  ],
  expect: [
    { status: 'ok', value: true },
    { status: 'ok', value: [[], false] },
    { status: 'ok', value: [[], true] },
    { status: 'ok', value: false },
  ],
} satisfies Attack
