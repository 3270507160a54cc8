// Finalisers run when nobody looks: in the midst of a host call, after a run, in the sandbox of the next event.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'finalisers that loop or throw harm no run',
  threat: 'gc',
  source: script(
    ts`async (event: any, ctx: any) => {
  for (let i = 0; i < 100; i++) { const cycle: any = { i }; cycle.cycle = cycle; registry.register(cycle, i) }
  for (let i = 0; i < 3000; i++) { const cycle: any = { big: new Array(10) }; cycle.cycle = cycle }
  const weak = new WeakRef({ a: 1 })
  await ctx.kv.set('k', 1)
  await 0
  void weak.deref()
  return await ctx.kv.get('k')
}`,
    {
      needs: '{ kv: true }',
      top: `const registry = new FinalizationRegistry((i: any) => { if (i > 90) for (;;); throw new Error('finaliser') })`,
    },
  ),
  policy: { limits: { cpu: '1s' } },
  expect: [
    { status: 'ok', value: 1 },
    { status: 'ok', value: 1 },
  ],
} satisfies Attack
