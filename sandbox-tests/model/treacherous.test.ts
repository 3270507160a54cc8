// Which characters of untrusted text may not be shown as they are.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TREACHEROUS } from '../../engine/model/treacherous.ts'

const shown = (text: string): string => text.replace(TREACHEROUS, '·')

test('every character that Unicode shows nothing for is one, and so are controls, line separators and halves of characters', () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const char = String.fromCodePoint(code)
    if (/[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}\p{Cs}\uFFF9-\uFFFB]/u.test(char))
      assert.is(shown(`a${char}b`), 'a·b', `U+${code.toString(16)}`)
  }
})

test('writing stays as it is, with the signs that choose the look of a character before them', () => {
  for (const text of ['Grüße, 世界 🌍 ⚠️ ❤︎ 한국어', 'العربية ١٢', 'ᠮᠣᠩᠭᠣᠯ', '≨︀']) assert.is(shown(text), text)
})

test('such a sign hides behind plain letters, behind another one and at the start', () => {
  assert.is(shown('cpu\ufe0f'), 'cpu·')
  assert.is(shown('\ufe0fcpu'), '·cpu')
  assert.is(shown('⚠\ufe0f\ufe0e\ufe00'), '⚠\ufe0f··')
})

test.run()
