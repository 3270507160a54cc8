// Keys that spell another tenant's cache, and a flood that would push it out.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a script that floods its cache loses its own entries and nobody else’s',
  threat: 'cross-script',
  source: script(
    ts`async (event: any, ctx: any) => {
  if (event.keep) return ctx.cache.set('secret', event.keep)
  if (event.ask) return ctx.cache.get('secret')
  const found: any[] = []
  for (const key of ['secret', '["b","cross-script-cache"]secret', '../b/secret', '*', ' ', '\u0000', '__proto__', 'constructor', 'x'.repeat(512)]) {
    const value = await ctx.cache.get(key)
    if (value !== undefined) found.push([key, value])
  }
  let kept = 0
  for (let i = 0; i < 60; i++) if (await ctx.cache.set('k' + i, 'x'.repeat(200_000))) kept++
  let there = 0
  for (let i = 0; i < 60; i++) if (await ctx.cache.get('k' + i) !== undefined) there++
  await ctx.cache.clear()
  return [found, kept, there]
}`,
    { needs: '{ cache: true }' },
  ),
  policy: { allow: { cache: true }, limits: { hostCalls: 300, cpu: '3s' } },
  act: async ({ fire }) => [
    await fire({ keep: 'of b' }, { tenant: 'b' }),
    await fire({ n: 1 }, { tenant: 'a' }),
    await fire({ ask: true }, { tenant: 'b' }),
    await fire({ ask: true }),
  ],
  expect: [{ status: 'ok', value: true }, { status: 'ok', value: [[], 60, 5] }, { status: 'ok', value: 'of b' }, { status: 'ok' }],
} satisfies Attack
