// A runner that reads nothing any more, and computes nothing either: stopped, as a process can be.
import { setTimeout as sleep } from 'node:timers/promises'
import { findBusyChildRunner, send, untilChildRunnersRest } from '../harness/child-runners.ts'
import { type Attack, script, ts } from './attack.ts'
import { NO_PROCESS } from './runner-skips.ts'

export const attack = {
  title: 'a runner that ignores its input is ended, and its runs have their outcomes',
  threat: 'runner',
  source: script(ts`(event: any) => { if (event.spins) for (;;); return event.n }`),
  policy: { limits: { cpu: '2s', wall: '10s' } },
  isAlone: true,
  skip: NO_PROCESS,
  act: async ({ fire }) => {
    await untilChildRunnersRest()
    const spin = fire({ spins: true })
    const pid = await findBusyChildRunner()
    const spun = await spin
    send(pid, 'SIGSTOP')
    await sleep(20)
    try {
      return [spun, ...(await Promise.all(Array.from({ length: 5 }, (_, n) => fire({ n }))))]
    } finally {
      send(pid, 'SIGKILL')
    }
  },
  expect: [{ status: 'cpu_exceeded' }, ...Array.from({ length: 5 }, (_, value) => ({ status: 'ok', value }) as const)],
} satisfies Attack
