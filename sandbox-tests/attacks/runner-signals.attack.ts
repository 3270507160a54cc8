// Signals that do other things than end a process: open a debugger, write a report, hang up.
import { setTimeout as sleep } from 'node:timers/promises'
import { listChildRunners, lookAt, send } from '../harness/child-runners.ts'
import { type Attack, script } from './attack.ts'
import { NO_PROCESS } from './runner-skips.ts'

const SIGNALS: readonly NodeJS.Signals[] = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGCHLD',
  'SIGCONT',
  'SIGWINCH',
  'SIGIO',
  'SIGHUP',
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGTRAP',
]

export const attack = {
  title: 'no signal opens a debugger in a runner, and whatever it ends is replaced',
  threat: 'runner',
  source: script('(event: any) => event.n'),
  isAlone: true,
  skip: NO_PROCESS,
  act: async ({ fire }) => {
    const outcomes = []
    for (const [n, signal] of SIGNALS.entries()) {
      for (const pid of listChildRunners()) send(pid, signal)
      await sleep(60)
      for (const pid of listChildRunners()) {
        const sockets = new Set(lookAt(pid).files.filter((file) => file.startsWith('socket:')))
        // Its three pipes may be sockets; a debugger would listen at one more.
        if (sockets.size > 3) throw new Error(`${signal}: ${[...sockets].join(' ')}`)
      }
      outcomes.push(await fire({ n }))
    }
    return outcomes
  },
  expect: SIGNALS.map((_, value) => ({ status: 'ok', value }) as const),
} satisfies Attack
