// Arrays, maps, sets, strings and typed arrays without their methods, or with ones that lie.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'replaced methods of collections and strings change nothing on the wall',
  threat: 'escape-builtins',
  source: script(
    ts`async (event: any, ctx: any) => {
  await ctx.kv.set('k', mine)
  const value = await ctx.kv.get('k')
  return [value.map, value.bytes, value.text, event.when, event.big, seen]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  let seen = 0
  const mine = { map: new Map([[1, 'x']]), bytes: new Uint8Array([1, 2, 255]), text: 'a\u0000b\n"' }
  const wrap = (owner: any) => { for (const key of Reflect.ownKeys(owner)) {
    const d = Object.getOwnPropertyDescriptor(owner, key)!
    if (key === 'constructor' || !d.configurable) continue
    if (typeof d.value === 'function') Object.defineProperty(owner, key, { ...d, value() { seen++; throw new Error('seen') } })
    else if (d.get) Object.defineProperty(owner, key, { ...d, get() { seen++; return 7 } })
  } }
  const owners = [Map.prototype, Set.prototype, String.prototype, Date.prototype, BigInt.prototype, Number.prototype, Uint8Array.prototype, Object.getPrototypeOf(Uint8Array.prototype)]
  for (const owner of owners) wrap(owner)`,
    },
  ),
  payload: { when: new Date(5), big: 2n ** 70n },
  noReturn: 'nothing: it has replaced the methods that a normal handler needs as well',
  expect: { status: 'ok', value: [new Map([[1, 'x']]), new Uint8Array([1, 2, 255]), 'a\0b\n"', new Date(5), 2n ** 70n, 0] },
} satisfies Attack
