// Stacks of the attacker's own writing, as long as they may be, each frame at the far end of a source with a line for each of its bytes, and nowhere to be shown.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Attack, type Expectation, script, ts } from './attack.ts'

const LINES = 900_000
/** Looking for each place from the beginning of the source took the host eight seconds for one event. */
const LONGEST_PAUSE_MS = 2_000

const BLANK: Expectation = {
  status: 'exception',
  check: ({ error }) => {
    if (error?.stack !== 'Error: 0\ncaused by: Error: 0\ncaused by: Error: 0\ncaused by: Error: 0') throw new Error(error?.stack)
  },
}

export const attack = {
  title: 'a stack and those of its causes keep the host busy for a moment, however long source and stacks are',
  threat: 'throw',
  source: script(
    ts`() => {
  const forged = (cause?: Error) => {
    const error = new Error(String(A.length), { cause })
    // Where the class begins: no such frame is shown.
    error.stack = '    at A (script:2:7)\n'.repeat(200)
    return error
  }
  throw forged(forged(forged(forged())))
}`,
    { top: `${'\n'.repeat(LINES)}class A {}` },
  ),
  act: async ({ fire }) => {
    const outcomes = [await fire()] // by now threads are started, and the source is known
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    for (let i = 0; i < 3; i++) outcomes.push(await fire())
    delay.disable()
    if (delay.max / 1e6 > LONGEST_PAUSE_MS) throw new Error(`the host stood still for ${Math.round(delay.max / 1e6)} ms`)
    return outcomes
  },
  expect: [BLANK, BLANK, BLANK, BLANK],
} satisfies Attack
