// Places for requests: bounded in all and for each script, given in turns.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Turns } from '../../../bindings/http/turns.ts'

const never = new AbortController().signal

test('many that wait for one script hold up nobody else', async () => {
  const turns = new Turns(1)
  const order: string[] = []
  const first = await turns.enter('slow', 1, never)
  const enter = async (key: string): Promise<void> => {
    const leave = await turns.enter(key, 1, never)
    order.push(key)
    setImmediate(leave)
  }
  const all = ['slow', 'slow', 'slow', 'other', 'slow', 'third', 'other'].map(enter)
  first()
  await Promise.all(all)
  assert.equal(order, ['slow', 'other', 'third', 'slow', 'other', 'slow', 'slow'])
})

test('one that gives up leaves the row, and its place is never given', async () => {
  const turns = new Turns(1)
  const leave = await turns.enter('a', 1, never)
  const controller = new AbortController()
  const waiting = turns.enter('b', 1, controller.signal)
  controller.abort(new Error('enough'))
  assert.is(await waiting.catch((error: Error) => error.message), 'enough')
  leave()
  leave()
  const next = await turns.enter('c', 1, never)
  next()
})

test.run()
