// A runner dies in the midst of many runs: some have their result, some wait, some have called the host.
import { findBusyChildRunner, send, untilChildRunnersRest } from '../harness/child-runners.ts'
import { type Attack, script, ts } from './attack.ts'
import { NO_PROCESS } from './runner-skips.ts'

export const attack = {
  title: 'results that were complete when a runner died are kept, other runs are repeated or told',
  threat: 'runner',
  source: script(ts`() => { for (;;); }`),
  policy: { limits: { cpu: '30s' } },
  isAlone: true,
  skip: NO_PROCESS,
  act: async ({ engine, fire, write }) => {
    await write(
      'bystander.ts',
      `export default { needs: { kv: true }, on: {
        quick: (event) => event.n * 2,
        slow: async (event) => { await new Promise((r) => setTimeout(r, 50)); return event.n * 3 },
        calls: async (event, ctx) => { await ctx.kv.set('n' + event.n, event.n); return event.n * 4 },
        waits: async (event, ctx) => { await ctx.kv.set('w' + event.n, event.n); await new Promise((r) => setTimeout(r, 2000)); return event.n * 5 },
      } }`,
    )
    await untilChildRunnersRest()
    const emit = async (event: string, n: number) => ({ event, n, outcome: (await engine.emit(event, { n })).outcomes[0] })
    const numbers = Array.from({ length: 8 }, (_, n) => n)
    const all = numbers.flatMap((n) => [emit('quick', n), emit('calls', n), emit('waits', n), emit('slow', n)])
    await new Promise((resolve) => setTimeout(resolve, 20))
    const attacked = fire()
    send(await findBusyChildRunner(), 'SIGSEGV')
    const factors = { quick: 2, slow: 3, calls: 4, waits: 5 }
    for (const { event, n, outcome } of await Promise.all(all)) {
      const isDone = outcome?.status === 'ok' && outcome.value === n * factors[event as keyof typeof factors]
      // What had called the host is not repeated unseen.
      const isTold = (event === 'waits' || event === 'calls') && outcome?.status === 'runner_lost' && outcome.error?.code === 'RUNNER_LOST'
      if (!isDone && !isTold) throw new Error(`${event} ${n}: ${JSON.stringify(outcome)}`)
    }
    return [await attacked]
  },
  expect: { status: 'runner_lost', code: 'RUNNER_LOST' },
} satisfies Attack
