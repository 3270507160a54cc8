// Replies that are thenables, calls made while others are answered, the same promise awaited a thousand times.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'replies are data, and calls within replies are calls like others',
  threat: 'host-call',
  source: script(
    ts`async (_event: any, ctx: any) => {
  let thens = 0
  Object.defineProperty(Object.prototype, 'then', { get() { thens++; return undefined }, configurable: true })
  await ctx.kv.set('k', { a: 1 })
  const call = ctx.kv.get('k')
  const all = await Promise.all(Array.from({ length: 1000 }, () => call))
  const nested = await call.then((value: any) => ctx.kv.set('n', value).then(() => ctx.kv.get('n')))
  call.then = () => { throw new Error('own then') }
  return [all.length, nested, all[0] === all[999]]
}`,
    { needs: '{ kv: true }' },
  ),
  policy: { limits: { cpu: '2s' } },
  expect: { status: 'ok', value: [1000, { a: 1 }, true] },
} satisfies Attack
