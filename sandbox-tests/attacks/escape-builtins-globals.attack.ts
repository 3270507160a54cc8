// Deletes or replaces every global at load time, among them what the bootstrap uses.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a sandbox without globals still answers',
  threat: 'escape-builtins',
  source: script(
    ts`async (event: any, ctx: any) => {
  await ctx.kv.set('k', new Date(event.n))
  return [await ctx.kv.get('k'), typeof (globalThis as any).Object]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  const D = Date
  for (const key of Reflect.ownKeys(globalThis)) if (key !== 'globalThis') { try { delete (globalThis as any)[key] } catch {} }
  ;(globalThis as any).Date = D`,
    },
  ),
  expect: { status: 'ok', value: [new Date(1), 'undefined'] },
} satisfies Attack
