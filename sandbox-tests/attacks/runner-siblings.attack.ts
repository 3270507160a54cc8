// Brings its runner down in the midst of other runs of its own. That no script can do it on purpose here does not matter: the test sends the signal that a broken
// engine would send itself, as often as the culprit runs.
import { setTimeout as sleep } from 'node:timers/promises'
import { findBusyChildRunner, send, untilChildRunnersRest } from '../harness/child-runners.ts'
import { type Attack, script, ts } from './attack.ts'
import { NO_PROCESS } from './runner-skips.ts'

const CULPRIT = 3
/** By then a run has its outcome whose runner is gone, unless it runs again. */
const TOLD_MS = 500
const EVENTS = Array.from({ length: 16 }, (_, n) => n)

export const attack = {
  title: 'of many runs of one script, the one that brings the runner down is found, and the others have their results',
  threat: 'runner',
  source: script(ts`(event: any) => { for (; event.n === ${CULPRIT}; ); return event.n * 2 }`),
  policy: { limits: { cpu: '30s' }, isolation: 'script' },
  isAlone: true,
  skip: NO_PROCESS,
  act: async ({ fire }) => {
    await fire({ n: -1 })
    await untilChildRunnersRest()
    const runs = EVENTS.map((n) => fire({ n }))
    const culprit = runs[CULPRIT]?.then(() => true)
    do send(await findBusyChildRunner(), 'SIGSEGV')
    while ((await Promise.race([culprit, sleep(TOLD_MS)])) !== true)
    return await Promise.all(runs)
  },
  expect: EVENTS.map((n) => (n === CULPRIT ? { status: 'runner_lost', code: 'RUNNER_LOST' } : { status: 'ok', value: n * 2 })),
} satisfies Attack
