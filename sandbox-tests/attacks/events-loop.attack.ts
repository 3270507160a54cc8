// Events that set themselves off: directly, through another handler, under names that look like something else.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'no event sets itself off, and no schedule is an event',
  threat: 'events',
  source: ts`
  const send = async (ctx: any, name: string): Promise<string> => {
    try { return 'told ' + (await ctx.events.emit(name)) } catch (error: any) { return error.code }
  }
  export default {
    needs: { events: true, kv: true },
    every: { '366d': () => 'never' },
    on: {
      async attack(_event: any, ctx: any) {
        const said: string[] = []
        for (const name of ['attack', 'again', 'every 366d', 'x'.repeat(101)]) said.push(await send(ctx, name))
        for (let i = 0; i < 200 && (await ctx.kv.get('again')) === undefined; i++) await new Promise((wake) => setTimeout(wake, 20))
        return [...said, await ctx.kv.get('again')]
      },
      async again(_event: any, ctx: any) { await ctx.kv.set('again', [await send(ctx, 'again'), await send(ctx, 'attack')]) },
      normal: (event: any) => event.n + 1,
    },
  }`,
  policy: { allow: { events: true, kv: true }, limits: { hostCalls: 300 } },
  expect: { status: 'ok', value: ['EVENT_LOOP', 'told 1', 'EVENT_UNKNOWN', 'ARGUMENT_INVALID', ['EVENT_LOOP', 'EVENT_LOOP']] },
} satisfies Attack
