import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readDeliveries } from '../../cli/deliveries.ts'

const deliveries = await readDeliveries()

test('all 329 deliveries are read, with their payloads', () => {
  assert.is(deliveries.length, 329)
  assert.ok(deliveries.every(({ payload }) => typeof payload === 'object' && payload !== null))
})

test('an event is named by kind and action, or by kind alone', () => {
  const events = new Set(deliveries.map(({ event }) => event))
  for (const event of ['issues.opened', 'pull_request.synchronize', 'push', 'fork', 'status']) assert.ok(events.has(event), event)
  assert.is.not(events.has('issues'), true)
})

test.run()
