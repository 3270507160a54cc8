// How errors about policy name what someone wrote: nothing in it hides.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { describeValue, quoteText, withoutControls } from '../../engine/policy/describe-value.ts'
import { policyFrame } from '../../engine/policy/policy-frame.ts'

test('what is invisible in a text shows, fillers and joiners too', () => {
  for (const char of [
    '\u034f',
    '\u115f',
    '\u1160',
    '\u3164',
    '\uffa0',
    '\u17b4',
    '\u180b',
    '\u200b',
    '\u202e',
    '\ufeff',
    '\ufe0f',
    '\u001b',
    '\ud800',
  ])
    assert.is(describeValue(`cpu${char}`), '"cpu\ufffd"', char.codePointAt(0)?.toString(16))
  assert.is(quoteText('Grüße ⚠️ 한국어 العربية'), '"Grüße ⚠️ 한국어 العربية"')
})

test('columns stay where they are', () => {
  assert.is(withoutControls('a\u{e0041}b').length, 'a\u{e0041}b'.length)
  const [line, marker] = policyFrame('\u{e0041}\u3164cpu: fast', 1, 9).split('\n')
  assert.is(marker?.indexOf('^'), line?.indexOf('fast'))
})

test('of a long line the place and what surrounds it is shown, with ellipses where it goes on', () => {
  const text = `version: 1\n${'a'.repeat(300)}HERE${'b'.repeat(300)}`
  for (const [column, isCutLeft] of [
    [1, false],
    [99, false],
    [110, true],
    [301, true],
  ] as const) {
    const [, line = '', marker = ''] = policyFrame(text, 2, column).split('\n')
    const shown = line.slice(line.indexOf('|') + 2)
    assert.is(shown.length, 120)
    assert.is(shown.startsWith('…'), isCutLeft)
    assert.ok(shown.endsWith('…'))
    assert.ok(marker.indexOf('^') < line.length - 20)
    if (column === 301) assert.ok(line.slice(marker.indexOf('^')).startsWith('HERE'))
  }
})

test.run()
