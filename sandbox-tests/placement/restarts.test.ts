// When the next runner may be started.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Restarts } from '../../engine/placement/restarts.ts'

test('a few losses are made good at once, more with growing pauses that stay short', () => {
  const restarts = new Restarts()
  const pauses: number[] = []
  for (let i = 0; i < 12; i++) {
    pauses.push(restarts.pauseMs)
    assert.is(restarts.lost(false), undefined)
  }
  assert.equal(pauses.slice(0, 6), [0, 0, 0, 50, 100, 200])
  assert.is(Math.max(...pauses), 1_000)
  assert.not(restarts.isStopped, 'none of them was useless')
})

test('five in a row that were of no use end the trying; one that was of use begins the count anew', () => {
  const restarts = new Restarts()
  for (let i = 0; i < 4; i++) assert.is(restarts.lost(true), undefined)
  restarts.served()
  for (let i = 0; i < 4; i++) assert.is(restarts.lost(true), undefined)
  assert.equal(restarts.lost(true), { failures: 5, seconds: 10 })
  assert.ok(restarts.isStopped)
})

test.run()
