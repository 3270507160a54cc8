// Strings: methods, Unicode, templates, comparing.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const STRINGS: Programs = {
  'slice, substring, substr and at': {
    body: `const s = 'abcdef'; return [s.slice(2), s.slice(-3, -1), s.slice(4, 2), s.substring(4, 2), s.substring(-1, 2), s.substr(-3, 2), s.substr(1), s.at(-1), s.at(9), s.charAt(9), s[9], s[0]]`,
    value: ['cdef', 'de', '', 'cd', 'ab', 'de', 'bcdef', 'f', undefined, '', undefined, 'a'],
  },
  searching: {
    body: `const s = 'banana'; return [s.indexOf('an'), s.indexOf('an', 2), s.lastIndexOf('an'), s.lastIndexOf('an', 2), s.indexOf(''), s.indexOf('', 99), s.lastIndexOf(''), s.includes('nan', 3), s.startsWith('na', 2), s.endsWith('nan', 5), s.search(/n/), s.indexOf('x'), s.lastIndexOf('b', -5)]`,
    value: [1, 3, 3, 1, 0, 6, 6, false, true, true, 2, -1, 0],
  },
  'a regular expression where text is searched is refused': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }
      const off = /a/; off[Symbol.match] = false
      return [of(() => 'a'.includes(/a/)), of(() => 'a'.startsWith(/a/)), of(() => 'a'.endsWith(/a/)), '/a/'.includes(off), of(() => 'a'.replaceAll(/a/, 'b')), of(() => 'a'.matchAll(/a/)), 'aa'.replaceAll(/a/g, 'b')]`,
    value: ['TypeError', 'TypeError', 'TypeError', true, 'TypeError', 'TypeError', 'bb'],
  },
  split: {
    body: `return ['a,b,,c'.split(','), 'abc'.split(''), 'abc'.split(), ''.split(','), ''.split(''), 'a1b2'.split(/\\d/), 'a1b2'.split(/(\\d)/), 'abc'.split('', 2), 'a,b'.split(',', 0), 'ab'.split(/(?:)/u), '𝒳y'.split(''), '𝒳y'.split(/(?:)/u)]`,
    value: [
      ['a', 'b', '', 'c'],
      ['a', 'b', 'c'],
      ['abc'],
      [''],
      [],
      ['a', 'b', ''],
      ['a', '1', 'b', '2', ''],
      ['a', 'b'],
      [],
      ['a', 'b'],
      ['\ud835', '\udcb3', 'y'],
      ['𝒳', 'y'],
    ],
  },
  'replace: patterns in the replacement': {
    body: `return ['abc'.replace('b', '[$&]'), 'abc'.replace('b', '[$\`|$\\']'), 'abc'.replace('b', '$$'), 'abc'.replace(/(b)(c)/, '$2$1$3$0'), 'abc'.replace(/(?<x>b)/, '<$<x>$<y>>'), 'abc'.replace('b', '$<x>'), 'aaa'.replace('a', 'b'), 'abc'.replace(/b/, '$1'), 'a'.replace('a', '$'), 'abcdefghijkl'.replace(/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/, '$11-$10-$1')]`,
    value: ['a[b]c', 'a[a|c]c', 'a$c', 'acb$3$0', 'a<b>c', 'a$<x>c', 'baa', 'a$1c', '$', 'k-j-al'],
  },
  'replace: a function, and what it is given': {
    body: `const seen = []; const out = 'x1y22'.replace(/(?<l>[a-z])(\\d+)/g, (...all) => { seen.push(all); return all[2] + all[1] }); 'ab'.replace('b', (...all) => { seen.push(all); return '' }); return [out, seen, 'aXbX'.replaceAll('X', (m, at) => at), 'abab'.replaceAll('b', '$&$&'), 'abc'.replaceAll('', '-')]`,
    value: [
      '1x22y',
      [
        ['x1', 'x', '1', 0, 'x1y22', { l: 'x' }],
        ['y22', 'y', '22', 2, 'x1y22', { l: 'y' }],
        ['b', 1, 'ab'],
      ],
      'a1b3',
      'abbabb',
      '-a-b-c-',
    ],
  },
  'padding, repeating, trimming': {
    body: String.raw`return ['5'.padStart(3, '0'), 'abc'.padEnd(6, '12'), 'abc'.padStart(2), 'x'.padEnd(4, ''), 'ab'.repeat(3), ''.repeat(5), '\t\n\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeffx\u180e'.trim(), ' a '.trimStart(), ' a '.trimEnd(), '\u200b'.trim().length, '\u0085'.trim().length]`,
    value: ['005', 'abc121', 'abc', 'x', 'ababab', '', 'x\u180e', 'a ', ' a', 1, 1],
  },
  'repeating too often is refused': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }
      return [of(() => 'a'.repeat(-1)), of(() => 'a'.repeat(Infinity)), 'ab'.repeat(1.9), 'ab'.repeat('2'), of(() => ''.repeat(2 ** 31 - 1)), of(() => String.prototype.trim.call(null)), of(() => 'a'.normalize('X'))]`,
    value: ['RangeError', 'RangeError', 'ab', 'abab', '', 'TypeError', 'RangeError'],
  },
  'upper and lower case of any script': {
    body: `return ['straße'.toUpperCase(), 'İ'.toLowerCase().length, 'ΌΣΟΣ'.toLowerCase(), 'Σ'.toLowerCase(), 'ﬃ'.toUpperCase(), 'ŉ'.toUpperCase(), '𐐨'.toUpperCase(), 'ǆ'.toUpperCase(), 'ᾳ'.toUpperCase(), 'éÀ'.toLowerCase(), 'ꭰ'.toUpperCase(), 'ΑΣ Α'.toLowerCase(), 'I'.toLocaleLowerCase(), 'ß'.toLocaleUpperCase()]`,
    value: ['STRASSE', 2, 'όσος', 'σ', 'FFI', 'ʼN', '𐐀', 'Ǆ', 'ΑΙ', 'éà', 'Ꭰ', 'ας α', 'i', 'SS'],
  },
  normalize: {
    body: String.raw`const f = (s) => ['NFC', 'NFD', 'NFKC', 'NFKD'].map((k) => [...s.normalize(k)].map((c) => c.codePointAt(0).toString(16)).join(' ')); return [f('\u1e9b\u0323'), f('é'), f('ﬁ'), f('각'), f('Å'), f('ｶﾞ'), 'e\u0301'.normalize() === 'é', f('\u0344'), '①'.normalize('NFKC')]`,
    value: [
      ['1e9b 323', '17f 323 307', '1e69', '73 323 307'],
      ['e9', '65 301', 'e9', '65 301'],
      ['fb01', 'fb01', '66 69', '66 69'],
      ['ac01', '1100 1161 11a8', 'ac01', '1100 1161 11a8'],
      ['c5', '41 30a', 'c5', '41 30a'],
      ['ff76 ff9e', 'ff76 ff9e', '30ac', '30ab 3099'],
      true,
      ['308 301', '308 301', '308 301', '308 301'],
      '1',
    ],
  },
  'code points and halves of them': {
    body: String.raw`const s = 'a𝒳\ud800'; return [s.length, [...s].length, s.codePointAt(1), s.codePointAt(2), s.charCodeAt(1), s.codePointAt(9), String.fromCodePoint(0x1f600, 97), String.fromCharCode(0x1f600), s.isWellFormed(), 'a𝒳'.isWellFormed(), s.toWellFormed(), Array.from(s, (c) => c.codePointAt(0)), s.charCodeAt(9)]`,
    value: [4, 3, 0x1d4b3, 0xdcb3, 0xd835, undefined, '😀a', '\uf600', false, true, 'a𝒳\ufffd', [97, 0x1d4b3, 0xd800], Number.NaN],
  },
  'code points that are none': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return [of(() => String.fromCodePoint(-1)), of(() => String.fromCodePoint(1.5)), of(() => String.fromCodePoint(0x110000)), String.fromCodePoint(), String.fromCharCode(65.9, '66', 65536 + 67)]`,
    value: ['RangeError', 'RangeError', 'RangeError', '', 'ABC'],
  },
  'escapes in literals': {
    body: String.raw`return ['\x41\u0042\u{43}\u{1F600}', '\0'.length, 'a\
b', '\v\f\b'.length, '\u{0}'.codePointAt(0), '\q', '\'', "\u2028".length]`,
    value: ['ABC😀', 1, 'ab', 3, 0, 'q', "'", 1],
  },
  'template literals': {
    body: 'const a = 1, o = { toString: () => "o", valueOf: () => "v" }; return [`${a + 1}|${o}|${[1, [2]]}|${null}`, `a\n\tb`, `${`inner ${a}`}`, `\\``, `$${a}`, `${{}}`, o + "", `line1\nline2`.split("\\n").length]',
    value: ['2|o|1,2|null', 'a\n\tb', 'inner 1', '`', '$1', '[object Object]', 'v', 2],
  },
  'a symbol in a template is refused': {
    body: 'const of = (f) => { try { return f() } catch (e) { return e.name } }; const s = Symbol("x"); return [of(() => `${s}`), of(() => s + ""), String(s), s.toString(), s.description, Symbol().description, of(() => +s), of(() => [s].join())]',
    value: ['TypeError', 'TypeError', 'Symbol(x)', 'Symbol(x)', 'x', undefined, 'TypeError', 'TypeError'],
  },
  'tagged templates: raw and cooked, one object a place': {
    body: 'const tag = (s, ...v) => [s.slice(), s.raw.slice(), v, Object.isFrozen(s), Object.isFrozen(s.raw)]; const same = () => ((s) => s)`a${1}b`; return [tag`x${1}\\n${2}\\u{41}`, ((s) => s)`\\unicode`[0], ((s) => s.raw[0])`\\unicode and \\xerxes`, same() === same(), String.raw`\\n${1 + 1}\\t`, String.raw({ raw: ["a", "b", "c"] }, 1, 2, 3)]',
    value: [[['x', '\n', 'A'], ['x', '\\n', '\\u{41}'], [1, 2], true, true], undefined, '\\unicode and \\xerxes', true, '\\n2\\t', 'a1b2c'],
  },
  'a tag that is a method keeps its object': {
    body: 'const o = { n: 5, tag(s, v) { return this.n + v + s[0] } }; const cls = class { static get t() { return (s) => s[0] + "!" } }; return [o.tag`x${1}`, cls.t`hey`, (() => (s) => s[0])()`chain`, new (class { constructor(s) { this.s = s } })(`t`).s]',
    value: ['6x', 'hey!', 'chain', 't'],
  },
  'comparing by code units': {
    body: `return [['é', 'z', 'a', 'Z', '10', '9', '', 'ä', '😀', '\\uffff'].sort(), 'a' < 'B', 'a' < 'á', '\\u{1f600}' < '\\uffff', 'abc' < 'abcd', '' < 'a']`,
    value: [['', '10', '9', 'Z', 'a', 'z', 'ä', 'é', '😀', '\uffff'], false, true, true, true, true],
  },
  'localeCompare compares code points after normalising': {
    body: String.raw`const sign = Math.sign; return [sign('a'.localeCompare('b')), sign('b'.localeCompare('a')), 'a'.localeCompare('a'), 'é'.localeCompare('e\u0301'), sign('a'.localeCompare('B')), sign('ä'.localeCompare('z')), ['b', 'A', 'a', 'B', 'ä'].sort((a, b) => a.localeCompare(b)), sign('a'.localeCompare('A')), sign('résumé'.localeCompare('resume')), sign('10'.localeCompare('9', undefined, { numeric: true }))]`,
    value: [-1, 1, 0, 0, 1, 1, ['A', 'B', 'a', 'b', 'ä'], 1, 1, -1],
    notInNode: 'Node collates by locale; scripts have no locale',
  },
  'the number that localeCompare gives': {
    body: `return ['a'.localeCompare('c'), 'z'.localeCompare('a'), ''.localeCompare('a'), 'a'.localeCompare('abc'), 'ß'.localeCompare('z'), '😀'.localeCompare('a')]`,
    notInNode: 'only its sign is specified',
  },
  'case with a locale is case without': {
    body: `return ['I'.toLocaleLowerCase('tr'), 'i'.toLocaleUpperCase('tr'), 'ı'.toLocaleUpperCase('az'), 'Ì'.toLocaleLowerCase('lt').length]`,
    value: ['i', 'I', 'I', 1],
    notInNode: 'Node knows locales; scripts have none',
  },
  'strings are iterated by code points': {
    body: `const out = []; for (const c of 'a😀b') out.push(c); const it = 'xy'[Symbol.iterator](); return [out, it.next(), it.next(), it.next(), Object.prototype.toString.call(it), Object.keys('ab'), Object.entries('ab'), [...'👨‍👩‍👧'].length]`,
    value: [
      ['a', '😀', 'b'],
      { value: 'x', done: false },
      { value: 'y', done: false },
      { value: undefined, done: true },
      '[object String Iterator]',
      ['0', '1'],
      [
        ['0', 'a'],
        ['1', 'b'],
      ],
      5,
    ],
  },
  'a string spread into an object': {
    body: `return [{ ...'hi' }, { ...[1, 2] }, { ...null, ...undefined, ...5, ...true }, Object.assign({}, 'hi')]`,
    differs: 'spreadText',
    value: [{ 0: 'h', 1: 'i' }, { 0: 1, 1: 2 }, {}, { 0: 'h', 1: 'i' }],
  },
  'strings as objects': {
    body: `const s = new String('abc'); const of = (f) => { try { return f() } catch (e) { return e.name } }; s.x = 1; return [typeof s, s.length, s[1], Object.getOwnPropertyNames(s), of(() => { s[0] = 'z' }), of(() => { s.length = 1 }), of(() => { 'abc'.y = 1 }), 'abc'.y, '1' in s, of(() => '1' in 'abc'), s == 'abc', [...s]]`,
    value: [
      'object',
      3,
      'b',
      ['0', '1', '2', 'length', 'x'],
      'TypeError',
      'TypeError',
      'TypeError',
      undefined,
      true,
      'TypeError',
      true,
      ['a', 'b', 'c'],
    ],
  },
  'old methods': {
    body: `return ['a"b'.anchor('x"y'), 'a'.bold(), 'a'.link('u'), escape('ä b+ü€'), unescape('%E4%20b%u20AC%'), 'abc'.concat(1, null), 'abc'.valueOf(), 'a'.trimLeft === 'a'.trimStart, 'abc'.toString()]`,
    value: ['<a name="x&quot;y">a"b</a>', '<b>a</b>', '<a href="u">a</a>', '%E4%20b+%FC%u20AC', 'ä b€%', 'abc1null', 'abc', true, 'abc'],
  },
  'encodeURIComponent and its kin': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return [encodeURIComponent("a b&c/d?é😀!'()*"), encodeURI('http://x/ä b?q=1&r=%#h'), decodeURIComponent('%F0%9F%98%80%20'), decodeURI('%2F%20%41'), of(() => decodeURIComponent('%')), of(() => decodeURIComponent('%C0%80')), of(() => encodeURIComponent('\\ud800')), of(() => decodeURIComponent('%E4'))]`,
    value: [
      "a%20b%26c%2Fd%3F%C3%A9%F0%9F%98%80!'()*",
      'http://x/%C3%A4%20b?q=1&r=%25#h',
      '😀 ',
      '%2F A',
      'URIError',
      'URIError',
      'URIError',
      'URIError',
    ],
  },
  'many strings joined and cut': {
    body: `let s = ''; for (let i = 0; i < 2000; i++) s += i.toString(36); const t = s.slice(100, 200); return [s.length, t, s.indexOf('zz'), s.split('a').length, [...new Set(s)].sort().join('')]`,
    value: [
      4668,
      '1w1x1y1z202122232425262728292a2b2c2d2e2f2g2h2i2j2k2l2m2n2o2p2q2r2s2t2u2v2w2x2y2z30313233343536373839',
      2483,
      129,
      '0123456789abcdefghijklmnopqrstuvwxyz',
    ],
  },
}
