// What is left of a run's budget, used as a clock.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what is left of a budget is told in whole milliseconds, and nobody else’s',
  threat: 'info-leak',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const seen = new Set<string>()
  for (let i = 0; i < 40; i++) {
    const left = await ctx.script.remaining()
    for (const [name, amount] of Object.entries(left) as [string, number][]) if (!Number.isSafeInteger(amount) || amount < 0) seen.add(name + ' ' + amount)
    for (const name of Object.keys(left)) if (!['cpuMs', 'wallMs', 'hostCalls'].includes(name)) seen.add(name)
  }
  const { limits, ...names } = await ctx.script.info()
  for (const attempt of [() => ctx.script.remaining('neighbour'), () => ctx.script.info({ id: 'neighbour' })])
    try { await attempt(); seen.add('answered') } catch (error: any) { if (error.code !== 'ARGUMENT_INVALID') seen.add(error.code) }
  return [[...seen], names.id, names.event, Object.values(limits).every(Number.isSafeInteger)]
}`,
    { needs: '{ script: true }' },
  ),
  policy: { allow: { script: true } },
  expect: { status: 'ok', value: [[], 'info-leak-budget', 'attack', true] },
} satisfies Attack
