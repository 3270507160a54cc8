// The same games in the arguments of a host call.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a proxy in an argument is read under the run’s limits and arrives as data',
  threat: 'escape-proxy',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const evil = new Proxy({ a: 1 }, { get: (target: any, key) => (key === 'a' ? 2 : target[key]) })
  await ctx.kv.set('proxy', evil)
  const stored = await ctx.kv.get('proxy')
  let refused = ''
  try { await ctx.kv.set('x', new Proxy({}, { getPrototypeOf: () => Date.prototype })) } catch (error: any) { refused = error instanceof Error ? 'error' : 'foreign' }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  try { await ctx.kv.set('x', proxy) } catch (error: any) { refused += error instanceof TypeError ? ' error' : ' foreign' }
  return [stored, refused]
}`,
    { needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [{ a: 2 }, 'error error'] },
} satisfies Attack
