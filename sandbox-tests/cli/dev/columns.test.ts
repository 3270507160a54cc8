// Text in columns: whatever scripts say, no line is wider than the screen, and no colour runs on.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fill, fit, widthOf, wrap } from '../../../cli/dev/columns.ts'

const RED = '\u001b[31m'
const PLAIN = '\u001b[39m'
const letters = fc.constantFrom('a', 'ä', 'e\u0301', '世', '🌍', ' ', `${RED}x`, `${PLAIN}y`)
const texts = fc.array(letters, { maxLength: 40 }).map((parts) => parts.join(''))

test('wide letters take two columns, marks and colours none', () => {
  assert.is(widthOf('abc'), 3)
  assert.is(widthOf('世界 🌍'), 7)
  assert.is(widthOf('e\u0301'), 1)
  assert.is(widthOf(`${RED}a${PLAIN}`), 1)
})

test('what fits stays, what does not ends with an ellipsis', () => {
  assert.is(fit('abcd', 4), 'abcd')
  assert.is(fit('abcde', 4), 'abc…')
  assert.is(fit('世界', 3), '世…')
  assert.is(fit('ab', 1), '…')
  assert.is(fit('ab', 0), '')
  assert.match(fit(`${RED}abcdef${PLAIN}`, 4), /abc.*…$/)
  assert.is(fill('a', 3), 'a  ')
  assert.is(fill('a', 3, 'right'), '  a')
})

test('no text is ever wider than asked for', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 30 }), (text, columns) => {
      assert.ok(widthOf(fit(text, columns)) <= columns)
      assert.is(widthOf(fill(text, columns)), columns)
    }),
  )
})

test('a text that is broken into lines loses nothing but colours', () => {
  const bare = (text: string): string => text.replaceAll(RED, '').replaceAll(PLAIN, '').replaceAll('\u001b[0m', '')
  fc.assert(
    fc.property(texts, fc.integer({ min: 4, max: 30 }), (text, columns) => {
      const lines = wrap(text, columns, '')
      for (const line of lines) assert.ok(widthOf(line) <= columns)
      assert.is(lines.map(bare).join(''), bare(text))
    }),
  )
})

test.run()
