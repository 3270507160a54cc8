import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NO_USAGE } from '../../engine/model/usage.ts'
import { Undelivered } from '../../engine/placement/undelivered.ts'
import type { EndedMessage } from '../../engine/runner/protocol.ts'

function ended(hostCalls: number, isKept: boolean): EndedMessage {
  return {
    kind: 'ended',
    id: 1,
    end: { status: 'ok', value: '1', usage: { ...NO_USAGE, hostCalls }, logs: [] },
    state: { isFresh: true, isKept },
  }
}

test('a result that the host can have again may be lost', () => {
  const undelivered = new Undelivered()
  undelivered.mustGo('a')
  undelivered.add(ended(0, false))
  assert.is(undelivered.mustGo('b'), false)
})

for (const [what, message] of [
  ['called the host', ended(1, false)],
  ['left a state', ended(0, true)],
] as const)
  test(`the result of a run that ${what} goes out before another script runs, once`, () => {
    const undelivered = new Undelivered()
    undelivered.mustGo('a')
    undelivered.add(message)
    assert.is(undelivered.mustGo('a'), false, 'a script may lose its own')
    assert.is(undelivered.mustGo('b'), true)
    undelivered.clear()
    assert.is(undelivered.mustGo('c'), false)
  })

test.run()
