// The same from within a handler, while a host call is under way.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'builtins replaced between a call and its reply change neither',
  threat: 'escape-builtins',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const call = ctx.kv.set('k', { a: 1 })
  const evil = () => { throw new Error('evil') }
  JSON.parse = JSON.stringify = Reflect.apply = Object.keys = Object.defineProperty = Array.isArray = Promise.resolve = Promise.prototype.then as any && (evil as any)
  ;(String.prototype as any).slice = (Map.prototype as any).get = (Array.prototype as any).push = evil
  await call
  return [await ctx.kv.get('k'), new Map([[1, 2]])]
}`,
    { needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [{ a: 1 }, new Map([[1, 2]])] },
} satisfies Attack
