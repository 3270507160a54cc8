// URL and URLSearchParams are those of Node, on odd input and after any sequence of changes.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { guestValue, loadGuest } from './guest-realm.ts'
import { comparison, sameInNode } from './same-in-node.ts'

const FIELDS = `['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash']`
const PARTS = `const parts = (url) => [...${FIELDS}.map((name) => url[name]), String(url), JSON.stringify(url), String(url.searchParams), url.searchParams.size]`

const ODD_URLS = [
  'http://example.com',
  'HTTP://EXAMPLE.com:80/../a/./b/%2e%2E/c',
  'https://user:pa%20ss@host.example:8443/p?q=1#h',
  'http://0x7f.1/',
  'http://2130706433',
  'http://[::ffff:127.0.0.1]:99',
  'http://[::1',
  'http://a b/',
  'http://ex%41mple.com',
  'http://münchen.example/ä?ö#ü',
  'http://xn--mnchen-3ya.example',
  'http://faß.example',
  'http://\ud800.example/\udc00?\ud83d',
  'file:///C:/a/../b',
  'file:c:\\a\\b',
  'mailto:a@b.c?subject=x',
  'javascript:alert(1)',
  'data:text/plain;base64,QUJD',
  'blob:https://example.com/uuid',
  'about:blank',
  'non-special://host:99/p?q#f',
  'non-special:opaque path ?q',
  'http:\\\\example.com\\a',
  '\t http://exa\nmple.com/\r ',
  'http://example.com:99999/',
  'http://example.com:0080',
  '//example.com',
  '/a',
  '?q',
  '#h',
  '',
  ' ',
  'http://',
  'http://@',
  'http://a@@b/',
  'http://example.com/?a=1&a=2&=&b&c=%zz&d=%FF%fe&e=+%2B&%41=%e4%bd%a0&f=🙂',
  'http://example.com/?\'"<>`',
  'wss://h:443/',
  'ws://h:443/',
  'http://1.2.3.4.5/',
  'http://256.256.256.256/',
]

test('odd URLs are parsed as in Node, with and without a base', async () => {
  const { check } = comparison(`${PARTS}
    return [attempt(() => parts(new URL(event.url))), attempt(() => parts(new URL(event.url, event.base))), URL.canParse(event.url), URL.canParse(event.url, event.base),
      URL.parse(event.url)?.href ?? null, URL.parse(event.url, event.base)?.href ?? null]`)
  for (const url of ODD_URLS)
    for (const base of ['http://base.example/x/y?q#f', 'file:///dir/name', 'mailto:x', 'nonsense']) await check({ url, base })
})

test('an invalid URL is a TypeError with a code', () => {
  const body = `try { new URL('x') } catch (error) { return [error.name, error.message, error.code, error instanceof TypeError, Object.keys(error)] }`
  assert.equal(guestValue(body), ['TypeError', 'Invalid URL', 'ERR_INVALID_URL', true, ['code']])
})

test('every setter does what it does in Node, and the parameters follow', async () => {
  const { check } = comparison(`${PARTS}
    const url = new URL(event.start)
    const params = url.searchParams
    return event.steps.map(([name, value]) => {
      const threw = attempt(() => { if (name in url) url[name] = value; else params[name.slice(1)](...value) })
      return [threw, parts(url), String(params), url.searchParams === params]
    })`)
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '',
      '?a=b',
      '#x',
      'example.org:81',
      '::1',
      '[::2]',
      '/a/../b',
      '80',
      '99999',
      '7x',
      'https',
      'ftp:',
      'ä',
      '%',
      '\ud800',
      'a b',
      '@',
      "'",
    ),
  )
  const set = fc.tuple(
    fc.constantFrom('href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'),
    text,
  )
  const change = fc.oneof(
    fc.tuple(fc.constantFrom('.append', '.set', '.delete', '.has'), fc.tuple(text, text)),
    fc.tuple(fc.constantFrom('.delete', '.has', '.get', '.getAll'), fc.tuple(text)),
    fc.tuple(fc.constant('.sort'), fc.constant([])),
  )
  const start = fc.constantFrom('http://u:p@example.com:81/a/b?x=1&y=2&x=3#h', 'mailto:a@b', 'file:///a/b', 'foo://h/p', 'foo:opaque  ?q#f')
  await fc.assert(
    fc.asyncProperty(start, fc.array(fc.oneof(set, change), { maxLength: 6 }), (start, steps) => check({ start, steps })),
    { numRuns: 150 },
  )
})

test('any text is parsed as in Node', async () => {
  const { check } = comparison(`${PARTS}\nreturn attempt(() => parts(new URL(event)))`)
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom(
      'http://',
      'https:',
      'file:',
      '//',
      '@',
      ':',
      '?',
      '#',
      '%',
      '/..',
      '[',
      ']',
      '1.2.3.4',
      'a.example',
      '\\',
      '\t',
      'xn--',
    ),
  )
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        text,
        text.map((rest) => `http://${rest}`),
      ),
      check,
    ),
    { numRuns: 400 },
  )
})

test('queries are read and written as in Node', async () => {
  const { check } = comparison(`const params = new URLSearchParams(event)
    return [String(params), [...params], [...params.keys()], [...params.values()], params.size]`)
  // Escapes that are not UTF-8 and characters beyond ASCII never together: see the next test.
  const escapes = fc.constantFrom('&', '=', '+', '%', '%2', '%41', '%C3', '%A4', '%ff', '%e4%bd%a0', '?', "~!*()'")
  const wide = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }).map((text) => text.replaceAll('%', '')),
    fc.constantFrom('&', '=', '+', '%41', '%e4%bd%a0', '🙂', '\ud800'),
  )
  for (const piece of [escapes, wide]) {
    const query = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    await fc.assert(fc.asyncProperty(query, check), { numRuns: 200 })
  }
})

test('escapes that are not UTF-8 leave the characters around them alone, where Node garbles them', () => {
  assert.equal(guestValue(`return [...new URLSearchParams('%ff你%e4%bd🙂=%A4ä')]`), [['\ufffd你\ufffd🙂', '\ufffdä']])
})

test('URLSearchParams takes what Node takes', async () => {
  await sameInNode([
    `String(new URLSearchParams({ a: 1, b: [2, 3], 'c d': null }))`,
    `String(new URLSearchParams([['a', 1], new Set(['b', 2]), ['a', 3]]))`,
    `String(new URLSearchParams(new Map([['x', 'y']])))`,
    `String(new URLSearchParams(new URLSearchParams('a=1&b')))`,
    `String(new URLSearchParams('??a=b'))`,
    `String(new URLSearchParams(undefined))`,
    `String(new URLSearchParams(null))`,
    `String(new URLSearchParams(5))`,
    `String(new URLSearchParams({ '\\ud800': 1, '\\ud801': 2 }))`,
    `new URLSearchParams([['a']])`,
    `new URLSearchParams([['a', 'b', 'c']])`,
    `new URLSearchParams([1])`,
    `new URLSearchParams(['ab'])`,
    `new URLSearchParams({ [Symbol.iterator]: 1 })`,
    `new URLSearchParams({ [Symbol('x')]: 1 })`,
    `new URLSearchParams(Symbol())`,
    `new URLSearchParams().append('a')`,
    `new URLSearchParams().get()`,
    `new URLSearchParams().forEach(1)`,
    `(() => { const seen = []; new URLSearchParams('a=1&b=2').forEach(function (...all) { seen.push(all.slice(0, 2), this.x) }, { x: 9 }); return seen })()`,
    `(() => { const p = new URLSearchParams('a=1&b=2&c=3'); const seen = []; for (const [k] of p) { seen.push(k); p.delete(k) } return [seen, String(p)] })()`,
    `(() => { const p = new URLSearchParams('b=1&a=2&b=0&\\uffff=1&\\u{10000}=1'); p.sort(); return String(p) })()`,
    `(() => { const p = new URLSearchParams('a=1&a=2'); return [p.has('a', '2'), p.has('a', undefined), p.has('a', '3'), (p.delete('a', '1'), String(p))] })()`,
    `new URLSearchParams('a=1').entries().map(([k, v]) => k + v).toArray()`,
  ])
})

test('the classes look as standard ones do', async () => {
  await sameInNode([
    `[String(new URL('http://a')), Object.prototype.toString.call(new URL('http://a')), Object.prototype.toString.call(new URLSearchParams())]`,
    `Object.prototype.toString.call(new URLSearchParams().entries())`,
    `[URL.name, URLSearchParams.name, typeof URL.parse, typeof URL.canParse]`,
    `URL('http://a')`,
    `new URL()`,
    `URL.canParse()`,
    `new URL(Symbol())`,
    `URL.prototype.href`,
    `Object.getOwnPropertyDescriptor(URL.prototype, 'host').get.call({})`,
    `Object.getOwnPropertyDescriptor(URL.prototype, 'host').set.call({}, 'x')`,
    `URLSearchParams.prototype.append.call({}, 1, 2)`,
    `URLSearchParams.prototype.entries.call({})`,
    `new URLSearchParams().entries().next.call({})`,
    `[Object.keys(new URL('http://a')), URLSearchParams.prototype[Symbol.iterator] === URLSearchParams.prototype.entries]`,
    `Object.getOwnPropertyDescriptor(URL.prototype, 'host').get.name`,
    `(class extends URL { get twice() { return this.href + this.href } }, new (class extends URL { get twice() { return this.href + this.href } })('http://a').twice)`,
    `(() => { const u = new URL('http://a'); try { u.href = 'x' } catch {} return u.href })()`,
    `new URL('http://a').origin = 1`,
  ])
})

test('a lazily made global is an ordinary one afterwards, and can be replaced before', () => {
  const body = `const before = Object.getOwnPropertyDescriptor(globalThis, 'URL'); URL
    const after = Object.getOwnPropertyDescriptor(globalThis, 'URL'); URLSearchParams = 5; globalThis.atob = 6
    return [typeof before.get, before.enumerable, typeof after.value, after.writable, after.enumerable, after.configurable, URLSearchParams, atob]`
  assert.equal(guestValue(body), ['function', false, 'function', true, false, true, 5, 6])
})

test('hosts that would cost the square of their length, and URLs beyond all measure, are refused', () => {
  const script = loadGuest(`try { return new URL(event).href.length } catch (error) { return error.code }`)
  const wide = Array.from({ length: 3_000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')
  for (const url of [`http://${wide}/`, `\0 ht\ntp:/${wide}/`, `//${wide}`, `http://a/${'b'.repeat(140_000)}`]) {
    assert.is(script.run(url).value, 'ERR_INVALID_URL', url.slice(0, 20))
  }
  assert.is(script.run(`http://a/${'b'.repeat(100_000)}`).value, 100_009)
})

test.run()
