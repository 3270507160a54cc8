// Regular expressions: flags, groups, lookaround, sets, state, the protocols behind string methods.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const REGEXPS: Programs = {
  'exec: what a match is': {
    body: `const m = /(\\d+)-(?<w>\\w+)?/.exec('x 12-ab'); return [[...m], m.index, m.input, { ...m.groups }, m.length, Object.keys(m), Object.getPrototypeOf(m.groups)]`,
    value: [['12-ab', '12', 'ab'], 2, 'x 12-ab', { w: 'ab' }, 3, ['0', '1', '2', 'index', 'input', 'groups'], null],
  },
  'groups that took no part are undefined': {
    body: `return [[.../(a)|(b)/.exec('b')], [.../(?:(a)|b)*/.exec('ab')], [.../(z)((a+)?(b+)?(c))*/.exec('zaacbbbcac')], [.../(?=(a+))a*b\\1/.exec('baaabac')], [.../(a*)*/.exec('b')], [...'ab'.match(/(x)?ab/)]]`,
    value: [
      ['b', undefined, 'b'],
      ['ab', undefined],
      ['zaacbbbcac', 'z', 'ac', 'a', undefined, 'c'],
      ['aba', 'a'],
      ['', undefined],
      ['ab', undefined],
    ],
  },
  'flags and their order': {
    body: `const all = /a/dgimsuy; return [all.flags, all.hasIndices, all.global, all.ignoreCase, all.multiline, all.dotAll, all.unicode, all.sticky, all.unicodeSets, String(new RegExp('a/b', 'gi')), new RegExp('').source, String(new RegExp('\\n')), new RegExp('[/]').source, RegExp('x', 'v').flags]`,
    value: ['dgimsuy', true, true, true, true, true, true, true, false, '/a\\/b/gi', '(?:)', '/\\n/', '[/]', 'v'],
  },
  'flags that are refused': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return ['gg', 'x', 'uv', 'G', ' '].map((f) => of(() => new RegExp('a', f))).concat([of(() => new RegExp('a', undefined).flags), of(() => new RegExp(/a/g).flags), of(() => new RegExp(/a/g, 'i').flags), RegExp(/a/) instanceof RegExp])`,
    value: ['SyntaxError', 'SyntaxError', 'SyntaxError', 'SyntaxError', 'SyntaxError', '', 'g', 'i', true],
  },
  'patterns that are refused': {
    body: String.raw`const of = (p, f) => { try { return String(new RegExp(p, f)) } catch (e) { return e.name } }; return ['(', '[', 'a**', '?', '(?<a>.)(?<a>.)', '\\k<a>(?<b>.)', '(?<=a', 'a{2,1}', '[b-a]', '(?<1>.)', '(?i', '+'].map((p) => of(p)).concat(['\\-', '{', '\\1', '\\p{Foo}', '\\u{110000}', '[\\d-z]', ']', '(?=a)*'].map((p) => of(p, 'u')))`,
    value: Array.from({ length: 20 }, () => 'SyntaxError'),
  },
  'what only Unicode mode refuses': {
    body: String.raw`return [/a{/.test('a{'), /]/.test(']'), /\-/.test('-'), /\1/.test('\x01'), /[\d-z]/.test('-'), /\c/.test('\\c'), /(?=a)*/.test(''), /\u{3}/.test('uuu'), /{/.test('{'), /\8/.test('8'), /[\c_]/.test('\x1f'), /\07/.test('\x07')]`,
    value: [true, true, true, true, true, true, true, true, true, true, true, true],
  },
  lookbehind: {
    body: String.raw`return ['$42 €17'.match(/(?<=€)\d+/)[0], 'a1b2'.replace(/(?<!a)\d/g, '#'), /(?<=(\d+)(\d+))$/.exec('1053').slice(1), /(?<=\1(a))b/.exec('aab').slice(), /(?<=^ab)c/.test('abc'), /(?<!\bx)y/.test('xy'), 'abcdef'.match(/(?<=([abc]+)(.*))f/).slice(1), /(?<=(?<a>\w){3})f/.exec('abcdef').groups.a]`,
    value: ['17', 'a1b#', ['1', '053'], ['b', 'a'], true, false, ['a', 'bcde'], 'c'],
  },
  'named groups, and the same name in two alternatives': {
    body: String.raw`const r = /(?<y>\d{4})-(?<m>\d\d)|(?<m>\d\d)\/(?<y>\d{4})/; const g = (s) => ({ ...r.exec(s).groups }); return [g('2024-05'), g('06/2025'), 'x'.replace(/(?<é>x)/, '$<é>!'), '2024-05'.replace(r, '$<m>.$<y>'), /(?<a>.)\k<a>/.test('aa'), /\k<a>/.test('k<a>')]`,
    value: [{ y: '2024', m: '05' }, { y: '2025', m: '06' }, 'x!', '05.2024', true, true],
  },
  'indices (flag d)': {
    body: `const m = /a(?<b>b)?(c)?/d.exec('xab'); return [m.indices.map((i) => i && [...i]), { ...m.indices.groups }, /a/.exec('a').indices, /(?<z>z)?/d.exec('a').indices.groups.z]`,
    value: [[[1, 3], [2, 3], undefined], { b: [2, 3] }, undefined, undefined],
  },
  'dotAll, multiline, ignoreCase': {
    body: String.raw`return [/a.b/s.test('a\nb'), /a.b/.test('a\nb'), /a.b/.test('a\u2028b'), 'x\ny\r\nz'.match(/^\w$/gm), 'a\nb'.replace(/$/gm, '!'), /É/i.test('é'), /\u212a/i.test('k'), /\u212a/iu.test('k'), /ß/i.test('ẞ'), /ß/iu.test('ẞ'), /[^x]/i.test('X'), /ſ/i.test('s'), /ſ/iu.test('s'), /σ/i.test('ς')]`,
    value: [true, false, false, ['x', 'y', 'z'], 'a!\nb!', true, false, true, false, true, false, false, true, true],
  },
  sticky: {
    body: `const r = /a/y; const out = []; r.lastIndex = 1; out.push(r.test('ba'), r.lastIndex, r.test('ba'), r.lastIndex); const g = /\\d/gy; g.lastIndex = 0; out.push('12a3'.match(g), '1a2'.replace(/\\d/gy, '#'), 'a1'.search(/1/y), 'ab'.split(/b/y)); return out`,
    value: [true, 2, false, 0, ['1', '2'], '#a2', -1, ['a', '']],
  },
  'lastIndex with flag g': {
    body: `const r = /a/g; const out = []; for (let i = 0; i < 4; i++) out.push(r.test('aba'), r.lastIndex); r.lastIndex = 5; out.push(r.exec('aaaaa'), r.lastIndex); const f = /a/; f.lastIndex = 3; f.test('a'); out.push(f.lastIndex); Object.freeze(r); try { r.test('a') } catch (e) { out.push(e.name) } return out`,
    value: [true, 1, true, 3, false, 0, true, 1, null, 0, 3, 'TypeError'],
  },
  'empty matches move on': {
    body: `return ['abc'.match(/x*/g), 'abc'.replace(/x*/g, '-'), '😀'.match(/(?:)/g).length, '😀'.match(/(?:)/gu).length, 'aXb'.split(/(?:X|)/), [...'ab'.matchAll(/(?:)/g)].map((m) => m.index)]`,
    value: [['', '', '', ''], '-a-b-c-', 3, 2, ['a', 'b'], [0, 1, 2]],
  },
  matchAll: {
    body: `const it = 'a1b2'.matchAll(/([a-z])(\\d)/g); const first = it.next(); return [first.value.slice(), first.value.index, [...it].map((m) => m[0]), it.next().done, Object.prototype.toString.call(it), 'x'.matchAll('x').next().value[0], [...'a.b'.matchAll('.')].length]`,
    value: [['a1', 'a', '1'], 0, ['b2'], true, '[object RegExp String Iterator]', 'x', 3],
  },
  'Unicode: code points, escapes and properties': {
    body: String.raw`return [/^.$/.test('😀'), /^.$/u.test('😀'), /\u{1f600}/u.test('😀'), /^\p{Lu}\p{Ll}+$/u.test('Élan'), /\p{Script=Greek}/u.test('α'), /\P{L}/u.test('1'), /\p{Emoji_Presentation}/u.test('😀'), /\p{ASCII_Hex_Digit}/u.test('g'), /[\u{1f600}-\u{1f64f}]/u.test('😃'), /\p{scx=Hira}/u.test('ー'), /\p{General_Category=Decimal_Number}/u.test('٣'), /\w/u.test('é'), /\p{Any}/u.test('x'), /^\S$/u.test('😀')]`,
    value: [false, true, true, true, true, true, true, false, true, true, true, false, true, true],
  },
  'sets (flag v)': {
    body: String.raw`return [/[\p{L}--[a-z]]/v.test('a'), /[\p{L}--[a-z]]/v.test('A'), /[\p{ASCII}&&\p{Lu}]/v.test('A'), /^[\q{abc|d}x]$/v.test('abc'), /^\p{RGI_Emoji_Flag_Sequence}$/v.test('🇩🇪'), /[[0-9]&&[5-7]]/v.test('6'), /^\p{Emoji_Keycap_Sequence}$/v.test('1️⃣'), /[^\d]/v.test('x'), /^[\p{RGI_Emoji}]$/v.test('👨‍👩‍👧'), /[[a-z]--[aeiou]]/v.test('e')]`,
    value: [false, true, true, true, true, true, true, true, true, false],
  },
  'modifiers of a part': {
    body: `const of = (p) => { try { return new RegExp(p).test('aB') } catch (e) { return e.name } }; return [of('(?i:A)B'), of('(?i:AB)'), of('a(?i:b)'), of('(?-i:a)'), of('(?i-i:a)'), of('(?s:.)')]`,
    value: [true, true, true, true, 'SyntaxError', true],
  },
  'backtracking finds what there is': {
    body: String.raw`return [/^(a+)+b$/.test('aaab'), /(.*)(\d+)/.exec('abc123').slice(1), /(.*?)(\d+)/.exec('abc123').slice(1), /a{2,3}?/.exec('aaaa')[0], /(a|ab)(c|bcd)(d*)/.exec('abcd').slice(), /((a)|b)*?c/.exec('abac').slice(), /(?:a|b|c|d)*e/.test('abcdabcde'), /^(?:(\w+)\s?)+$/.exec('ab cd').slice()]`,
    value: [true, ['abc12', '3'], ['abc', '123'], 'aa', ['abcd', 'a', 'bcd', ''], ['abac', 'a', 'a'], true, ['ab cd', 'cd']],
  },
  classes: {
    body: String.raw`return ['a\u00a0\ufeff\u2003b'.split(/\s/).length, /[\b]/.test('\b'), /\bé/.test('é'), /[^]/.test('\n'), /[]/.test('a'), '_a1-'.match(/\w+/)[0], /[a-]/.test('-'), /[\]]/.test(']'), /\cJ/.test('\n'), /\x41\u0042/.test('AB'), /[\s\S]/.test('\u2028'), 'a.b'.split(/[.]/).length, /\d/.test('٣'), /[\w-]/.test('-')]`,
    value: [4, true, false, true, false, '_a1', true, true, true, true, true, 2, false, true],
  },
  'RegExp.escape': {
    body: String.raw`return [RegExp.escape('a.b*c'), RegExp.escape('1+1'), RegExp.escape('foo-bar'), RegExp.escape('\n \u2028'), RegExp.escape('\ud800'), new RegExp('^' + RegExp.escape('[x](y){2}') + '$').test('[x](y){2}'), RegExp.escape('')]`,
    value: ['\\x61\\.b\\*c', '\\x31\\+1', '\\x66oo\\x2dbar', '\\n\\x20\\u2028', '\\ud800', true, ''],
  },
  'RegExp.escape beyond U+FFFF': {
    body: `return [RegExp.escape('😀'), new RegExp(RegExp.escape('a😀b'), 'u').test('a😀b')]`,
    value: ['😀', true],
    differs: 'escapeText',
  },
  'the protocols: Symbol.match and its kin': {
    body: `const o = { [Symbol.match]: (s) => 'm' + s, [Symbol.replace]: (s, r) => 'r' + s + r, [Symbol.search]: () => 42, [Symbol.split]: (s, l) => [s, l], };  const all = { [Symbol.matchAll]: (s) => ['all', s] }; return ['x'.match(o), 'x'.replace(o, 'y'), 'x'.search(o), 'x'.split(o, 3), 'x'.matchAll(all)]`,
    value: ['mx', 'rxy', 42, ['x', 3], ['all', 'x']],
  },
  'a subclass with its own exec': {
    body: `class R extends RegExp { n = 0; exec(s) { this.n++; const m = super.exec(s); if (m) m[0] = m[0].toUpperCase(); return m } } const r = new R('a', 'g'); return ['banana'.replace(r, (m) => '<' + m + '>'), r.n, 'banana'.match(new R('n', 'g')), r instanceof R, new R('x').test('x'), 'a-b'.split(new R('-'))]`,
    value: ['b<A>n<A>n<A>', 4, ['N', 'N'], true, true, ['a', 'b']],
  },
  'a lexer in one expression': {
    body: String.raw`const re = /\s*(?:(?<num>\d+(?:\.\d+)?)|(?<id>[a-z_]\w*)|(?<op>[-+*/()=]))/iy; const src = 'x1 = 3.14*(y+2)'; const out = []; let m; while (re.lastIndex < src.length && (m = re.exec(src))) { const [k, v] = Object.entries(m.groups).find(([, v]) => v !== undefined); out.push(k + ':' + v) } return out.join(' ')`,
    value: 'id:x1 op:= num:3.14 op:* op:( id:y op:+ num:2 op:)',
  },
  'old statics are not there': {
    body: `/(b)/.exec('abc'); return [RegExp.$1, RegExp.lastMatch, RegExp.input, RegExp['$&'], 'leftContext' in RegExp]`,
    value: [undefined, undefined, undefined, undefined, false],
    notInNode: 'Node has them; here no run may see what another matched',
  },
  compile: {
    body: `const r = /a/g; r.lastIndex = 3; const same = r.compile('b', 'i'); return [same === r, String(r), r.lastIndex, r.test('B')]`,
    value: [true, '/b/i', 0, true],
  },
}
