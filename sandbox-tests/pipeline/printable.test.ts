// Untrusted text on its way into messages: nothing in it hides, and columns stay where they are.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { printable, printableUpTo } from '../../engine/pipeline/printable.ts'

test('what drives a terminal, hides or reorders becomes space, as long as it was', () => {
  assert.is(printable('a\u001b[2J\u202e\u2028b'), 'a [2J  b')
  assert.is(printable('a\u{e0041}\u{e007f}b'), 'a    b', 'tags are two units each')
  assert.is(printable('\u034f\u115f\u1160\u3164\uffa0\u200b'), '      ')
  assert.is(printable('Grüße, 世界 🌍 ⚠️ 한국어'), 'Grüße, 世界 🌍 ⚠️ 한국어')
})

test('any text is as long as before and without halves of characters; a cut one has an ellipsis', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.is(printable(text).length, text.length)
      assert.ok(printableUpTo(text, 5).length <= 5 && printableUpTo(text, 5).isWellFormed())
    }),
  )
  assert.is(printableUpTo('abcdef', 5), 'abcd…')
})

test.run()
