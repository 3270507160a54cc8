// Lines of a source: where they begin and end, and places in it.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { lineOf, offsetOf, placeAt, readSource } from '../../engine/pipeline/source-text.ts'

const text = fc.array(fc.constantFrom('a', '\n', '\r', '\r\n', '\u2028', '\u2029', '😀'), { maxLength: 200 }).map((parts) => parts.join(''))

test('lines are those of JavaScript', () => {
  fc.assert(
    fc.property(text, (text) => {
      const source = readSource(text)
      const lines = Array.from(source.starts, (_, index) => lineOf(source, index + 1))
      assert.equal(lines, text.split(/\r\n|[\n\r\u2028\u2029]/))
      assert.is(lineOf(source, 0), undefined)
      assert.is(lineOf(source, lines.length + 1), undefined)
    }),
  )
})

test('an offset and its place lead to each other; beyond the end is the end', () => {
  fc.assert(
    fc.property(text, fc.nat(250), (text, offset) => {
      const source = readSource(text)
      assert.is(offsetOf(source, placeAt(source, offset)), Math.min(offset, text.length))
    }),
  )
  assert.equal(placeAt(readSource('a\r\nb'), 3), { line: 2, column: 1 })
  assert.equal(placeAt(readSource('a\nb'), -1), { line: 1, column: 1 })
  assert.is(offsetOf(readSource('a'), { line: 2, column: 1 }), undefined)
})

test.run()
