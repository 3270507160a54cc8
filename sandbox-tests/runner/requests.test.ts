// The numbers of requests: each is used once in a long while, whatever comes and goes.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Requests } from '../../engine/runner/requests.ts'

test('whatever comes and goes, each is found under its own number, and nothing under one that is over', () => {
  const step = fc.oneof(fc.constant('add' as const), fc.nat({ max: 20 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const requests = new Requests<string>()
      const open = new Map<number, string>()
      const over = new Set<number>()
      for (const [index, each] of steps.entries()) {
        if (each === 'add') {
          const announced = requests.nextId
          const id = requests.add(`request ${index}`)
          assert.is(id, announced)
          assert.ok(id > 0 && id % 2 === 0 && !open.has(id) && !over.has(id), `${id} is new`)
          open.set(id, `request ${index}`)
        } else {
          const id = [...open.keys()][each % Math.max(1, open.size)] ?? 0
          assert.is(requests.take(id), open.get(id))
          open.delete(id)
          over.add(id)
        }
        assert.is(requests.size, open.size)
        for (const [id, value] of open) assert.is(requests.get(id), value)
        for (const id of over) assert.not(requests.has(id))
      }
      const left = requests.takeAll()
      assert.equal(new Map(left), open)
      assert.is(requests.size, 0)
    }),
  )
})

test('numbers stay within 31 bits: a place begins again', () => {
  const requests = new Requests<number>()
  const first = requests.nextId
  let most = 0
  let rounds = 0
  do {
    const id = requests.add(1)
    most = Math.max(most, id)
    requests.take(id)
    rounds++
  } while (requests.nextId !== first && rounds < 1_000_000)
  assert.ok(most < 2 ** 31, String(most))
  assert.ok(rounds > 60_000)
})

test.run()
