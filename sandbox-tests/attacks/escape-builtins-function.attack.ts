// Function.prototype.call, apply, bind and toString see every call that goes through them.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'replaced call, apply, bind and toString see nothing of the bridge',
  threat: 'escape-builtins',
  source: script(
    ts`async (_event: any, ctx: any) => {
  await ctx.kv.set('k', [new Set([1])])
  ctx.log.info('x', { y: 1n })
  const value = await ctx.kv.get('k')
  return [value, seen]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  let seen = 0
  for (const key of ['call', 'apply', 'bind', 'toString'] as const) Function.prototype[key] = function () { seen++; throw new Error('seen') } as any`,
    },
  ),
  expect: { status: 'ok', value: [[new Set([1])], 0] },
} satisfies Attack
