// Setters and values on Object.prototype under the names that a bridge gives its own records.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'names of the bridge on Object.prototype neither catch nor steer anything',
  threat: 'escape-builtins',
  source: script(
    ts`async (_event: any, ctx: any) => {
  let refused = ''
  try { await ctx.kv.set('k', () => 1) } catch (error: any) { refused = error.code }
  await ctx.kv.set('k', { a: [1n] })
  return [await ctx.kv.get('k'), refused, caught, typeof ctx.signal]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  let caught = ''
  const names = 'ok value host codec text path what tooLarge run self yes no values repeat op encode json decode encodeGraph decodeGraph log logs write pack call settle fire later handler bindings depth own code ' +
    'message name stack cause priority needs every on writable enumerable configurable get set 0 1 2 length $'
  for (const name of names.split(' ')) Object.defineProperty(Object.prototype, name, { __proto__: null, get() { return undefined }, set(value: any) { caught += name; Object.defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as any) }, configurable: true } as any)`,
    },
  ),
  expect: {
    status: 'ok',
    check: ({ value }) => {
      const [stored, refused, , signal] = value as [{ a: bigint[] }, string, string, string]
      if (stored.a[0] !== 1n || refused !== 'ARGUMENT_NOT_PLAIN' || signal !== 'object') throw new Error(String(value))
    },
  },
} satisfies Attack
