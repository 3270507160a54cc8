import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Found, SpellingIndex } from '../../bindings/spelling-index.ts'
import { ownMs } from '../harness/own-time.ts'

function placesIn(index: SpellingIndex, text: string): string[] {
  const found: Found[] = []
  index.find(text, (each) => found.push(each))
  return found.map(({ start, end, name }) => `${name} ${text.slice(start, end)} ${start}`).sort()
}

/** The same by looking for one after the other at each place. */
function placesByHand(values: readonly string[], text: string): string[] {
  const places = values.flatMap((value, name) =>
    Array.from(text, (_, start) => (text.startsWith(value, start) ? `${name} ${value} ${start}` : '')),
  )
  return places.filter((place) => place !== '').sort()
}

const few = fc.string({ unit: fc.constantFrom('a', 'b', 'ü'), minLength: 3, maxLength: 6 })
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'ü'), maxLength: 60 })

test('every place of every spelling is found, and none that was taken out', () => {
  fc.assert(
    fc.property(fc.array(few, { maxLength: 8 }), fc.array(few, { maxLength: 4 }), text, (values, gone, where) => {
      const index = new SpellingIndex()
      for (const [name, value] of values.entries()) index.add(String(name), value, [value])
      for (const value of gone) index.add('gone', value, [value, `${value}a`])
      for (const value of gone) index.remove('gone', value, [value, `${value}a`])
      assert.equal(placesIn(index, where), placesByHand(values, where))
    }),
  )
})

test('a long text among many values takes no time that anybody would notice', () => {
  const index = new SpellingIndex()
  for (let value = 0; value < 500; value++) {
    const spellings = Array.from({ length: 30 }, (_, each) => `value-${(value * 7_919 + each * 104_729).toString(36)}-${each}`)
    index.add('NAME', `value-${value}`, spellings)
  }
  const took = ownMs(() => assert.equal(placesIn(index, 'value-value-'.repeat(90_000)), []))
  assert.ok(took < 2_000, `${took} ms`)
})

test.run()
