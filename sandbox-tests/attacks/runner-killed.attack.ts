// Somebody ends runners from outside (the system, out of memory; an operator): nobody is to blame.
import { listChildRunners, send } from '../harness/child-runners.ts'
import { type Attack, script, ts } from './attack.ts'
import { NO_PROCESS } from './runner-skips.ts'

export const attack = {
  title: 'runs whose runner is killed from outside are repeated, or lost when they had called the host',
  threat: 'runner',
  source: script(
    ts`async (event: any, ctx: any) => { if (event.calls) await ctx.kv.set('k', 1); await new Promise((yes) => setTimeout(yes, 400)); return event.n }`,
    { needs: '{ kv: true }' },
  ),
  isAlone: true,
  skip: NO_PROCESS,
  act: async ({ fire }) => {
    const outcomes = []
    for (const [n, calls] of [
      [1, false],
      [2, true],
      [3, false],
      [4, false],
    ] as const) {
      const run = fire({ n, calls })
      await new Promise((resolve) => setTimeout(resolve, 150))
      for (const pid of listChildRunners()) send(pid, 'SIGKILL')
      outcomes.push(await run)
    }
    return outcomes
  },
  expect: [
    { status: 'ok', value: 1 },
    { status: 'runner_lost', code: 'RUNNER_LOST' },
    { status: 'ok', value: 3 },
    { status: 'ok', value: 4 },
  ],
} satisfies Attack
