// toJSON on the prototypes of plain data speaks in its stead.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'toJSON of a prototype does not speak for plain data',
  threat: 'escape-builtins',
  source: script(
    ts`async (_event: any, ctx: any) => {
  await ctx.kv.set('k', [1, { a: 'text' }])
  return [await ctx.kv.get('k'), { a: [1] }]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  for (const each of [Object, Array, String, Number, Boolean, BigInt, Date]) (each.prototype as any).toJSON = () => 'forged'`,
    },
  ),
  expect: { status: 'ok', value: [[1, { a: 'text' }], { a: [1] }] },
} satisfies Attack
