// The pure functions of the runner: total, bounded, silent about the host, whatever the sandbox asks.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { callPure } from '../../engine/sandbox/pure-functions.ts'

const NAMES = ['sentence', 'url', 'urlWith', 'unescapeRun', 'encoding', 'decode', 'btoa', 'atob'] as const
/** Generous: the machine is shared. */
const CEILING_MS = 1_000

const call = (name: string, ...values: unknown[]): unknown => {
  const answer = callPure(name, JSON.stringify(values))
  return answer === undefined ? undefined : JSON.parse(answer)
}

test('any arguments get an answer or a refusal, never an exception', () => {
  const word = fc.constantFrom(
    'http://a/',
    'utf-8',
    'gb18030',
    'host',
    'href',
    '__proto__',
    'constructor',
    'toString',
    'EVENT_UNKNOWN',
    'PERMISSION_DENIED',
    '%ff',
    'QUJD',
    true,
    false,
    null,
    1e308,
    -1,
  )
  const values = fc.array(fc.oneof(word, fc.jsonValue(), fc.string({ unit: 'binary' })), { maxLength: 5 })
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), values, (name, values) => {
      const answer = callPure(name, JSON.stringify(values))
      assert.ok(answer === undefined || typeof answer === 'string')
      assert.not.match(answer ?? '', /node:|\/engine\/|\.ts:\d/)
    }),
    { numRuns: 2_000 },
  )
})

test('there are no other functions, and no other arguments than lists', () => {
  for (const name of ['', 'nothing', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'href'])
    assert.is(callPure(name, '[]'), undefined, name)
  for (const json of ['', 'null', '{}', '"x"', '[', '1', '[]]', 'undefined'])
    for (const name of NAMES) assert.is(callPure(name, json), undefined, `${name} ${json}`)
})

test('what they compute', () => {
  assert.equal(call('url', '../x', 'http://u:p@h:81/a/b?q#f'), [
    'http://u:p@h:81/x',
    'http://h:81',
    'http:',
    'u',
    'p',
    'h:81',
    'h',
    '81',
    '/x',
    '',
    '',
  ])
  assert.is(call('url', 'nonsense'), undefined)
  assert.is((call('urlWith', 'http://h/', 'search', 'a b') as string[])[0], 'http://h/?a%20b')
  for (const name of ['href', 'origin', 'searchParams', 'toString', '__proto__', 'constructor', 5])
    assert.is(call('urlWith', 'http://h/', name, 'x'), undefined)
  assert.is(call('unescapeRun', '%e4%bd%a0%ff'), '你\ufffd')
  assert.is(call('unescapeRun', '%e'), undefined)
  assert.is(call('encoding', 'latin1'), 'windows-1252')
  assert.equal(call('decode', 'utf-8', 'a\xe2\x82', false, false), ['a', '\xe2\x82'])
  assert.equal(call('decode', 'utf-8', 'a\xe2\x82', false, true), ['a\ufffd', ''])
  assert.is(call('decode', 'utf-8', '\xff', true, true), undefined)
  assert.is(call('decode', 'utf-8', '\u0100', false, true), undefined)
  assert.is(call('btoa', '\xff'), '/w==')
  assert.is(call('btoa', '\u0100'), undefined)
  assert.is(call('atob', 'YQ'), 'a')
  assert.is(call('atob', 'Y Q'), undefined)
  assert.is(call('sentence', 'nothing'), undefined)
  assert.type(call('sentence', 'PENDING_HOST_CALLS_EXCEEDED', 16), 'string')
})

test('large arguments cost no more than their size, or are refused', () => {
  const wide = Array.from({ length: 20_000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')
  const calls: [string, ...unknown[]][] = [
    ['url', `http://${wide}`],
    ['url', `\t\n \0http:/\t/${wide.slice(0, 5_000)}`],
    ['url', `http:\\\\${wide.slice(0, 5_000)}/`, 'http://a'],
    ['url', `http://u@${wide.slice(0, 5_000)}/`],
    ['url', `http://${'a\u0301\u0323'.repeat(2_000)}/`],
    ['url', `http://${encodeURIComponent(wide.slice(0, 3_000))}/`],
    ['url', `http://xn--${'a9'.repeat(8_000)}/`],
    ['url', 'a', `//${wide}`],
    ['urlWith', 'http://a/', 'host', wide],
    ['urlWith', 'http://a/', 'hostname', wide.slice(0, 5_000)],
    ['url', `http://a/${'a/../'.repeat(25_000)}`],
    ['url', `http://a/?${'é'.repeat(130_000)}`],
    ['urlWith', `http://a/?${'a'.repeat(100_000)}`, 'hash', '#'.repeat(100_000)],
    ['unescapeRun', '%ff'.repeat(300_000)],
    ['encoding', 'x'.repeat(1_000_000)],
    ['decode', 'gb18030', '\x81'.repeat(262_144), false, false],
    ['decode', 'iso-2022-jp', '\x1b$B'.repeat(80_000), false, false],
    ['btoa', '\xff'.repeat(1_000_000)],
    ['atob', 'A'.repeat(1_000_000)],
  ]
  for (const [name, ...values] of calls) {
    const started = performance.now()
    call(name, ...values)
    assert.ok(performance.now() - started < CEILING_MS, `${name} ${String(values[0]).slice(0, 20)}`)
  }
})

test('the same question always has the same answer', () => {
  const questions: [string, ...unknown[]][] = [
    ['url', 'http://a/b'],
    ['decode', 'utf-16le', 'a\0b', false, false],
    ['decode', 'shift_jis', '\x82', false, true],
  ]
  for (const [name, ...values] of questions) assert.equal(call(name, ...values), call(name, ...values))
})

test.run()
