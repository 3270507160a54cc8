// A line of those who wait, held against a plain list.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Line } from '../../engine/model/line.ts'

test('whoever comes, leaves and is taken, the others stay in order', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), part: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('takeAll' as const) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1_500, size: 'max' }), (steps) => {
      const line = new Line<{ readonly number: number }>()
      let list: { readonly number: number }[] = []
      let count = 0
      for (const each of steps) {
        if (each.kind === 'add') {
          const value = { number: ++count }
          line.add(value)
          list.push(value)
        } else if (each.kind === 'remove') {
          const value = list[each.which % Math.max(1, list.length)] ?? { number: 0 }
          line.remove(value)
          list = list.filter((other) => other !== value)
        } else if (each.kind === 'take') {
          const value = list.find(({ number }) => number % each.part === 0)
          assert.is(
            line.take(({ number }) => number % each.part === 0),
            value,
          )
          list = list.filter((other) => other !== value)
        } else {
          assert.equal(line.takeAll(), list)
          list = []
        }
        assert.is(line.size, list.length)
      }
      assert.equal(line.all, list)
    }),
    { numRuns: 100 },
  )
})

test('one that nobody takes for long does not make it slow for those behind it', () => {
  const line = new Line<{ readonly number: number }>()
  const first = { number: 0 }
  line.add(first)
  const startedAt = performance.now()
  for (let number = 1; number <= 200_000; number++) {
    line.add({ number })
    assert.is(line.take((value) => value !== first)?.number, number)
  }
  assert.ok(performance.now() - startedAt < 10_000, 'each looks at a few places, not at all that were ever empty')
  assert.equal(line.all, [first])
})

test.run()
