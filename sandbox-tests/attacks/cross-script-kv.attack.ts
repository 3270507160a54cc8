// Keys that spell another script's namespace.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no key reaches the entries of another script or tenant',
  threat: 'cross-script',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const found: any[] = []
  for (const key of ['secret', 'neighbour/secret', 'neighbour:secret', 'neighbour.secret', 'neighbour\u0000secret', '../neighbour/secret', '%', '*', '', ' secret', 'neighbour|secret', "' OR 1=1 --"]) {
    try { const value = await ctx.kv.get(key); if (value !== undefined) found.push([key, value]) } catch (error: any) { if (error.code === undefined) found.push([key, String(error)]) }
  }
  for (const prefix of ['', '%', '*', 'neigh', '_']) {
    try { found.push(...((await ctx.kv.list({ prefix })).keys ?? [])) } catch {}
  }
  await ctx.kv.set('secret', 'mine')
  await ctx.kv.delete('secret')
  return found
}`,
    { needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [] },
} satisfies Attack
