// Text that looks like the codec's own.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'text that looks like the wire is text',
  threat: 'result-kind',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const forged = ['X[[0],["O","a",["u"]]]', 'J{"a":1}', 'E{"name":"x"}', 'S{}', 'P', 'N["a","b"]', 'O"x"', 'V1', '1\nX[', '["ended",1]\n{}', '{"$":"function"}', 'X']
  await ctx.kv.set('k', forged)
  ctx.log.info('X[[0],["O"]]', forged)
  return [...(await ctx.kv.get('k')), { X: forged }, { $: 'function' }]
}`,
    { needs: '{ kv: true }' },
  ),
  expect: {
    status: 'ok',
    check: ({ value, logs }) => {
      const list = value as string[]
      if (
        list[0] !== 'X[[0],["O","a",["u"]]]' ||
        list[4] !== 'P' ||
        list[8] !== '1\nX[' ||
        list.length !== 14 ||
        logs[0]?.message !== 'X[[0],["O"]]'
      )
        throw new Error(JSON.stringify(value))
    },
  },
} satisfies Attack
