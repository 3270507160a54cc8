// Replaces every part of Promise at load time: the bridge must not go through any of them.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a replaced Promise sees no value of the bridge and stops no result',
  threat: 'escape-promise',
  source: script(
    ts`async (event: any, ctx: any) => {
  await ctx.kv.set('k', [event.n])
  return [await ctx.kv.get('k'), seen.length]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  const seen: any[] = []
  const trap = (name: string) => function (this: any, ...values: any[]) { seen.push(name, this, values); throw new Error('trapped ' + name) }
  for (const name of ['resolve', 'reject', 'all', 'race', 'any', 'allSettled', 'try', 'withResolvers']) (Promise as any)[name] = trap(name)
  ;(Promise.prototype as any).catch = trap('catch')
  ;(Promise.prototype as any).finally = trap('finally')
  ;(globalThis as any).Promise = trap('Promise')`,
    },
  ),
  expect: { status: 'ok', value: [[1], 0] },
} satisfies Attack
