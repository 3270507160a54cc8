import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import type { RunMessage } from '../../engine/runner/protocol.ts'
import { StateTurns } from '../../engine/runner/state-turns.ts'
import { until } from '../harness/engines.ts'

const RUN = Object.freeze({
  kind: 'run',
  key: 'k',
  image: { offset: 0, length: 0 },
  event: 'e',
  runId: 'r',
  payload: 'null',
  limits: DEFAULT_LIMITS,
  now: 0,
  seed: '0'.repeat(48),
  roomBytes: 0,
} as const)
const message = (id: number, state: string, wallMs = 60_000): RunMessage => ({ ...RUN, id, state, wallMs })
const never = (): void => assert.unreachable('no run expires')

test('the first run has its state; those after it wait, and follow in order', () => {
  const turns = new StateTurns(never)
  assert.is(turns.enter(message(1, 'a')), true)
  assert.is(turns.enter(message(2, 'a')), false)
  assert.is(turns.enter(message(3, 'a')), false)
  assert.is(turns.enter(message(4, 'b')), true)
  assert.is(turns.next(), undefined)
  turns.leave('a')
  assert.is(turns.isDue, true)
  assert.is(turns.next()?.message.id, 2)
  assert.is(turns.next(), undefined, 'the state is in use again')
  turns.leave('a')
  assert.is(turns.next()?.message.id, 3)
  turns.leave('a')
  assert.is(turns.next(), undefined)
  assert.is(turns.enter(message(5, 'a')), true, 'nobody has it any more')
})

test('a run that comes when its state is free but promised does not overtake', () => {
  const turns = new StateTurns(never)
  turns.enter(message(1, 'a'))
  turns.enter(message(2, 'a'))
  turns.leave('a')
  assert.is(turns.enter(message(3, 'a')), false)
  assert.is(turns.next()?.message.id, 2)
  turns.leave('a')
  assert.is(turns.next()?.message.id, 3)
})

test('a run that is withdrawn is not next; a state that was promised to it alone is free', () => {
  const turns = new StateTurns(never)
  turns.enter(message(1, 'a'))
  turns.enter(message(2, 'a'))
  turns.leave('a')
  assert.is(turns.withdraw(2)?.message.id, 2)
  assert.is(turns.withdraw(2), undefined)
  assert.is(turns.next(), undefined)
  assert.is(turns.enter(message(3, 'a')), true)
})

test('a run whose wall clock runs out is told of, once', async () => {
  const expired: number[] = []
  const turns = new StateTurns(({ id }) => expired.push(id))
  turns.enter(message(1, 'a'))
  turns.enter(message(2, 'a', 10))
  turns.enter(message(3, 'a'))
  await until(() => expired.length > 0, 'the end of its wall clock')
  await new Promise((resolve) => setTimeout(resolve, 50)) // and no second time
  assert.equal(expired, [2])
  turns.leave('a')
  assert.is(turns.next()?.message.id, 3)
})

test('what is cleared wakes nobody', async () => {
  const turns = new StateTurns(never)
  turns.enter(message(1, 'a'))
  turns.enter(message(2, 'a', 5))
  turns.clear()
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.is(turns.isDue, false)
})

test('the images of runs that wait are needed, those of runs that have begun are not', () => {
  const turns = new StateTurns(never)
  turns.enter({ ...message(1, 'a'), key: 'first' })
  turns.enter({ ...message(2, 'a'), key: 'second' })
  assert.equal([turns.needs('first'), turns.needs('second')], [false, true])
  turns.leave('a')
  turns.next()
  assert.is(turns.needs('second'), false)
})

test.run()
