import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Shares } from '../../engine/placement/shares.ts'

test('a script alone gets half of the places; the next one half of the rest; everybody gets one', () => {
  const shares = new Shares()
  const most = 64
  let free = most
  const takeAll = (script: string): number => {
    let taken = 0
    for (; shares.mayTake(script, free) && taken < most; taken++, free--) shares.take(script)
    return taken
  }
  assert.equal([takeAll('a'), takeAll('b'), takeAll('c')], [32, 16, 8])
  free = 0
  assert.is(shares.mayTake('a', free), false)
  assert.is(shares.mayTake('d', free), true)
})

test('what is given back can be taken again, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 }), (scripts) => {
      const shares = new Shares()
      for (const script of scripts) shares.take(script)
      for (const script of scripts.toReversed()) shares.giveBack(script)
      for (const script of new Set(scripts)) assert.is(shares.mayTake(script, 1), true)
    }),
  )
})

test.run()
