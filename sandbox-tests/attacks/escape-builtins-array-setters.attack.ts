// A setter on an index of Array.prototype catches what a bridge pushes.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'setters on array indices catch nothing',
  threat: 'escape-builtins',
  source: script(
    ts`async (_event: any, ctx: any) => {
  await ctx.kv.set('k', [[1], new Set().add(2)])
  ctx.log.info('a', [3])
  console.log(4, [5])
  return [await ctx.kv.get('k'), found || 'safe']
}`,
    {
      needs: '{ kv: true }',
      top:
        PROBE +
        ts`
  let found = ''
  // The engine's own JSON keeps a list of what it is in: these see that list, and the values in it, which are the script's.
  for (let i = 0; i < 50; i++) Object.defineProperty(Array.prototype, i, { set(value: any) { found += escaped(this) + escaped(value) }, get() { found += escaped(this); return 'forged' }, configurable: true })
  Object.defineProperty(Array.prototype, Symbol.iterator, { value: () => { throw new Error('iterator') } })`,
    },
  ),
  expect: { status: 'ok', value: [[[1], new Set([2])], 'safe'] },
} satisfies Attack
