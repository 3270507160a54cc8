// JSON is what values cross by.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a replaced JSON neither sees nor changes what crosses',
  threat: 'escape-builtins',
  source: script(
    ts`async (event: any, ctx: any) => {
  await ctx.kv.set('k', { a: event.n })
  ctx.log.info('line', { a: 1 })
  return { read: await ctx.kv.get('k'), calls }
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  let calls = 0
  JSON.stringify = () => { calls++; return '{"forged":true}' }
  JSON.parse = () => { calls++; return { forged: true } }`,
    },
  ),
  expect: {
    status: 'ok',
    value: { read: { a: 1 }, calls: 0 },
    check: ({ logs }) => {
      if (JSON.stringify(logs) !== '[{"level":"info","message":"line","data":{"a":1}}]') throw new Error(JSON.stringify(logs))
    },
  },
} satisfies Attack
