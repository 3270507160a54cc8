// Conversions run code: Symbol.toPrimitive, toStringTag, iterator, hasInstance on everything that crosses.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'symbols that steer conversions see the sandbox only',
  threat: 'escape-symbol',
  source: script(
    ts`async (_event: any, ctx: any) => {
  let found = ''
  const spy = (name: string) => ({ get(this: any) { return (...values: any[]) => { for (const value of [this, ...values]) found += escaped(value); return name } } })
  const evil: any = { plain: 1 }
  for (const name of ['toPrimitive', 'toStringTag', 'iterator', 'asyncIterator', 'hasInstance', 'isConcatSpreadable', 'species', 'unscopables', 'match', 'replace', 'split'] as const)
    Object.defineProperty(evil, Symbol[name], spy(name))
  Object.defineProperty(evil, Symbol.for('nodejs.util.inspect.custom'), spy('inspect'))
  Object.defineProperty(evil, Symbol.for('vivarium.engine-error'), { value: true, enumerable: true })
  Object.defineProperty(evil, Symbol.for('vivarium.host-function-error'), { value: true, enumerable: true })
  ctx.log.info('evil', evil)
  await ctx.kv.set('evil', evil)
  return [await ctx.kv.get('evil'), evil, found || 'safe']
}`,
    { top: PROBE, needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [{ plain: 1 }, { plain: 1 }, 'safe'] },
} satisfies Attack
