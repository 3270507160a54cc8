// The bootstrap calls through Reflect.apply; what it captured must be its own. Packs that are made later meet the replaced ones.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'replaced Reflect and Object leave results, calls and logs in order',
  threat: 'escape-builtins',
  source: script(
    ts`async (event: any, ctx: any) => {
  ctx.log.info({ a: 1 } as any, { b: new Map([[1, new Date(0)]]) })
  console.log({}, [], new Map(), () => 1, Symbol('s'), new Error('e'))
  await ctx.kv.set('k', new Map([['n', event.n]]))
  return [await ctx.kv.get('k'), [1, -0, NaN, undefined]]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  for (const owner of [Reflect, Object] as any[]) for (const key of Object.getOwnPropertyNames(owner))
    if (typeof owner[key] === 'function' && key !== 'prototype') Object.defineProperty(owner, key, { value: () => undefined, configurable: true, writable: true })`,
    },
  ),
  expect: {
    status: 'ok',
    value: [new Map([['n', 1]]), [1, -0, Number.NaN, undefined]],
    check: ({ logs }) => {
      for (const { level, message } of logs)
        if (typeof message !== 'string' || !['info', 'error'].includes(level)) throw new Error(JSON.stringify(logs))
    },
  },
} satisfies Attack
