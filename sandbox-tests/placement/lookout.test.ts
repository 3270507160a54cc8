import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Lookout } from '../../engine/placement/lookout.ts'

/** How many of `looks` asked at all. */
function countAsked(lookout: Lookout, looks: number, answer: () => string | undefined): number {
  let asked = 0
  for (let i = 0; i < looks; i++) {
    let hasAsked = false
    lookout.await(() => {
      hasAsked = true
      return answer()
    })
    if (hasAsked) asked++
  }
  return asked
}

test('an answer that comes is handed on', () => {
  let polls = 0
  const found = new Lookout().await(() => (++polls === 3 ? 'answer' : undefined))
  assert.is(found, 'answer')
  assert.is(polls, 3)
})

test('an answer that does not come is waited for no longer than a moment', () => {
  const before = performance.now()
  assert.is(
    new Lookout().await(() => undefined),
    undefined,
  )
  assert.ok(performance.now() - before < 10_000)
})

test('who never gets an answer looks out ever more rarely, and never stops', () => {
  const lookout = new Lookout()
  assert.is(
    countAsked(lookout, 2 + 4 + 8 + 16 + 32, () => undefined),
    5,
  )
  assert.is(
    countAsked(lookout, 320, () => undefined),
    10,
  )
})

test('one answer makes it look out again each time', () => {
  const lookout = new Lookout()
  countAsked(lookout, 500, () => undefined)
  countAsked(lookout, 32, () => 'answer')
  assert.is(
    countAsked(lookout, 100, () => 'answer'),
    100,
  )
})

test.run()
