import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { didYouMean } from '../../engine/errors/did-you-mean.ts'

test('a mistyped word is answered with the nearest known one', () => {
  for (const [word, known] of [
    ['limts', 'limits'],
    ['htpp', 'http'],
    ['Runtime', 'runtime'],
    ['onerror', 'onError'],
    ['memroy', 'memory'],
  ] as const) {
    assert.is(didYouMean(word, ['zebra', known, 'allow']), ` Did you mean "${known}"?`)
  }
})

test('a word that is near to nothing gets no suggestion', () => {
  assert.is(didYouMean('zzz', ['limits', 'allow']), '')
  assert.is(didYouMean('x', ['y']), '')
  assert.is(didYouMean('', ['a']), '')
  assert.is(didYouMean('limits', []), '')
})

test('a very long word costs nothing', () => {
  assert.is(didYouMean('l'.repeat(1_000_000), ['limits']), '')
  assert.is(didYouMean('limits', ['l'.repeat(1_000_000)]), '')
})

test.run()
