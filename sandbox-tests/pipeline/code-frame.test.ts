// Code frames: the right lines, the right column, and safe to print.
import { stripVTControlCharacters } from 'node:util'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { codeFrame } from '../../engine/pipeline/code-frame.ts'

test('the lines around a place, with a marker under the column', () => {
  const source = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n')
  assert.is(
    codeFrame(source, { line: 10, column: 6 }),
    ['   8 | line 8', '   9 | line 9', '> 10 | line 10', '     |      ^', '  11 | line 11', '  12 | line 12', '  13 | line 13'].join('\n'),
  )
})

test('lines end as JavaScript ends them', () => {
  for (const end of ['\n', '\r\n', '\r', '\u2028', '\u2029'])
    assert.match(codeFrame(`a${end}b`, { line: 2, column: 1 }) ?? '', /^> 2 \| b$/m)
})

test('a line of any length is cut around the column, and the marker stays under it', () => {
  const source = `${'a'.repeat(5_000)}X${'b'.repeat(5_000)}`
  const [shown = '', marker = ''] = codeFrame(source, { line: 1, column: 5_001 })?.split('\n') ?? []
  assert.ok(shown.length < 140)
  assert.is(shown[marker.indexOf('^')], 'X')
  assert.match(shown, /\| …a+Xb+…$/)
  assert.match(codeFrame(source, { line: 1, column: 1 }) ?? '', /\| a+…$/m)
})

test('a place behind the end of a line is marked there, and one outside the source has no frame', () => {
  assert.is(codeFrame('abc', { line: 1, column: 99 }), '> 1 | abc\n    |    ^')
  for (const place of [
    { line: 2, column: 1 },
    { line: 0, column: 1 },
    { line: -1, column: 1 },
    { line: 1, column: 0 },
    { line: Number.NaN, column: 1 },
  ]) {
    assert.is(codeFrame('abc', place), undefined)
  }
})

test('control characters, direction marks and half characters are blanked', () => {
  const frame = codeFrame('a\t\u001B[31mb\u0000\u202Ec\uD800\u009B', { line: 1, column: 3 }) ?? ''
  assert.is(frame, '> 1 | a  [31mb  c\uFFFD \n    |   ^')
})

test('colour is only there when it is asked for', () => {
  const plain = codeFrame('const a = 1', { line: 1, column: 7 }) ?? ''
  const colored = codeFrame('const a = 1', { line: 1, column: 7 }, true) ?? ''
  assert.is(stripVTControlCharacters(plain), plain)
  assert.is.not(colored, plain)
  assert.is(stripVTControlCharacters(colored), plain)
})

test('no source and no place makes it throw or print more than a screen', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.integer({ min: -2, max: 20 }),
      fc.integer({ min: -2, max: 500 }),
      (source, line, column) => {
        const frame = codeFrame(source, { line, column })
        assert.ok(frame === undefined || frame.split('\n').every((shown) => shown.length < 140))
        assert.not.match(frame ?? '', /(?!\n)\p{Cc}/u)
      },
    ),
    { numRuns: 500 },
  )
})

test.run()
