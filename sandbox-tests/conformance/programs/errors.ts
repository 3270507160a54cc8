// Error objects: what they are, what they own, how they read. Messages of the engine itself are in faults.ts.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const ERRORS: Programs = {
  'toString of every form': {
    body: `const t = (o) => Error.prototype.toString.call(o); const e = new Error('m'); e.name = 'N'; const of = (f) => { try { return f() } catch (x) { return x.name } }; return [String(new Error('m')), String(new Error()), String(e), t({}), t({ name: 'X' }), t({ message: 'y' }), t({ name: '', message: 'z' }), t({ name: 'a', message: undefined }), String(new TypeError('t')), of(() => t(5)), String(Object.assign(new Error('x'), { name: '' })), String(new (class Own extends Error {})('o')), String(new Error({ toString: () => 'obj' }))]`,
    value: ['Error: m', 'Error', 'N: m', 'Error', 'X', 'Error: y', 'z', 'a', 'TypeError: t', 'TypeError', 'x', 'Error: o', 'Error: obj'],
  },
  cause: {
    body: `const c = new Error('outer', { cause: new TypeError('inner') }); const d = Object.getOwnPropertyDescriptor(c, 'cause'); return [c.cause.message, d.enumerable, d.writable, 'cause' in new Error('x'), 'cause' in new Error('x', {}), 'cause' in new Error('x', { cause: undefined }), new Error('x', 5).cause, new AggregateError([], 'm', { cause: 1 }).cause, new RangeError('r', { get cause() { return 'got' } }).cause, Object.keys(c)]`,
    value: ['inner', false, true, false, false, true, undefined, 1, 'got', []],
  },
  'what the constructors are': {
    body: `const all = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError]; return all.map((E) => [E.name, E.length, Object.getPrototypeOf(E) === (E === Error ? Function.prototype : Error), E.prototype.name, E.prototype.message, Object.getPrototypeOf(E.prototype) === (E === Error ? Object.prototype : Error.prototype), E === AggregateError ? E([1]).errors : E('x') instanceof E, Object.prototype.toString.call(E === AggregateError ? new E([]) : new E()), Object.hasOwn(E.prototype, 'toString'), E.prototype.constructor === E])`,
    value: [
      ['Error', 1, true, 'Error', '', true, true, '[object Error]', true, true],
      ['EvalError', 1, true, 'EvalError', '', true, true, '[object Error]', false, true],
      ['RangeError', 1, true, 'RangeError', '', true, true, '[object Error]', false, true],
      ['ReferenceError', 1, true, 'ReferenceError', '', true, true, '[object Error]', false, true],
      ['SyntaxError', 1, true, 'SyntaxError', '', true, true, '[object Error]', false, true],
      ['TypeError', 1, true, 'TypeError', '', true, true, '[object Error]', false, true],
      ['URIError', 1, true, 'URIError', '', true, true, '[object Error]', false, true],
      ['AggregateError', 2, true, 'AggregateError', '', true, [1], '[object Error]', false, true],
    ],
  },
  'what an error owns': {
    body: `const of = (e) => Object.getOwnPropertyNames(e).filter((n) => n !== 'stack').concat(JSON.stringify(e), Object.keys(e).length); const d = (e, k) => { const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(e, k); return [enumerable, writable, configurable] }; class Own extends Error { code = 'C'; constructor(m) { super(m); this.name = 'Own' } } return [of(new Error('m')), of(new Error()), of(new Own('o')), d(new Error('m'), 'message'), of(new AggregateError([1], 'a')), 'message' in new Error(), Object.hasOwn(new Error(undefined), 'message'), Object.hasOwn(new Error(''), 'message')]`,
    value: [
      ['message', '{}', 0],
      ['{}', 0],
      ['message', 'code', 'name', '{"code":"C","name":"Own"}', 2],
      [false, true, true],
      ['message', 'errors', '{}', 0],
      true,
      false,
      true,
    ],
  },
  'the property stack, and its place among the others': {
    body: `const e = new Error('m'); const d = Object.getOwnPropertyDescriptor(e, 'stack'); return [Object.getOwnPropertyNames(e), typeof e.stack, d && [d.enumerable, d.configurable, 'value' in d, d.writable], (e.stack = 'mine', e.stack), delete e.stack, 'stack' in e, 'stack' in Error.prototype, typeof Error.captureStackTrace, typeof Error.stackTraceLimit, typeof Error.prepareStackTrace]`,
    differs: 'ownStack',
    notInNode: 'not specified',
  },
  'the text of stack, as a script reads it': {
    script: `const inner = () => { throw new Error('seen') }\nfunction outer() {\n  inner()\n}\nexport default { on: { '@go': () => {\n  try { outer() } catch (e) { return [e.stack.split('\\n').length, e.stack.includes('inner'), e.stack.includes('outer'), e.stack.includes('seen'), e.stack] }\n} } }`,
    differs: 'ownStack',
  },
  'prepareStackTrace is not asked': {
    body: `let asked = 0; Error.prepareStackTrace = () => { asked++; return 'prepared' }; Error.stackTraceLimit = 1; const s = new Error('x').stack; try { null.x } catch (e) { void e.stack } delete Error.prepareStackTrace; delete Error.stackTraceLimit; return [asked, s === 'prepared', typeof s]`,
    value: [0, false, 'string'],
    notInNode: 'Node asks it',
  },
  AggregateError: {
    body: `const e = new AggregateError(new Set([1, new Error('x')]), 'm'); const of = (f) => { try { return f() } catch (x) { return x.name } }; e.errors.push(3); return [e.errors.length, e.message, e.name, String(e), of(() => new AggregateError()), of(() => new AggregateError(5)), new AggregateError('ab').errors, Object.getOwnPropertyDescriptor(e, 'errors').enumerable, new AggregateError([]).message, e instanceof Error]`,
    value: [3, 'm', 'AggregateError', 'AggregateError: m', 'TypeError', 'TypeError', ['a', 'b'], false, '', true],
  },
  'Error.isError and instanceof': {
    body: `class Own extends Error {} const fake = { __proto__: Error.prototype }; return [Error.isError(new Error()), Error.isError(new Own()), Error.isError(fake), fake instanceof Error, Error.isError({}), Error.isError(null), Error.isError(new Proxy(new Error(), {})), Error.isError(new DOMException('x')), Error.isError(Object.setPrototypeOf(new Error(), null)), new RangeError() instanceof Error, new RangeError() instanceof TypeError, Error.isError(Error.prototype)]`,
    value: [true, true, false, true, false, false, false, true, true, true, false, false],
    notInNode: 'isError of a DOMException differs there',
  },
  'errors are caught by their class': {
    body: `class NotFound extends Error { name = 'NotFound'; constructor(what, o) { super(what + ' not found', o); this.what = what } } const find = (k) => { if (k === 'a') return 1; throw new NotFound(k, { cause: 'looked' }) }; const out = []; for (const k of ['a', 'b']) try { out.push(find(k)) } catch (e) { if (!(e instanceof NotFound)) throw e; out.push(e.message, e.what, e.cause, e.name, String(e), e.constructor === NotFound) } return out`,
    value: [1, 'b not found', 'b', 'looked', 'NotFound', 'NotFound: b not found', true],
  },
  'classes of the errors that the engine throws': {
    body: `const of = (f) => { try { f(); return 'none' } catch (e) { return e.constructor.name + (e instanceof Error) } }; return [of(() => null.x), of(() => undefined()), of(() => ({}).x.y), of(() => nope), of(() => new Array(-1)), of(() => (0, eval)('}')), of(() => decodeURIComponent('%')), of(() => 1n + 1), of(() => [].reduce(() => 1)), of(() => 'x'.repeat(-1)), of(() => Symbol() + ''), of(() => new 5()), of(() => { class A { constructor() { this.x() } } new A() }), of(() => { const c = 1; (0, eval)('"use strict"; undeclared = 1') }), of(() => JSON.parse('{')), of(() => new RegExp('(')), of(() => structuredClone(() => 1)), of(() => atob('a')), of(() => new URL('x')), of(() => Object.defineProperty(Object.freeze({}), 'a', { value: 1 }))]`,
    value: [
      'TypeErrortrue',
      'TypeErrortrue',
      'TypeErrortrue',
      'ReferenceErrortrue',
      'RangeErrortrue',
      'SyntaxErrortrue',
      'URIErrortrue',
      'TypeErrortrue',
      'TypeErrortrue',
      'RangeErrortrue',
      'TypeErrortrue',
      'TypeErrortrue',
      'TypeErrortrue',
      'ReferenceErrortrue',
      'SyntaxErrortrue',
      'SyntaxErrortrue',
      'DOMExceptiontrue',
      'DOMExceptiontrue',
      'TypeErrortrue',
      'TypeErrortrue',
    ],
  },
  'a full stack is a RangeError that can be caught': {
    body: `const f = () => 1 + f(); let first; try { f() } catch (e) { first = [e instanceof RangeError, e.constructor === RangeError, e.name, Object.getPrototypeOf(e) === RangeError.prototype, String(e).startsWith('RangeError')] } const deep = (n) => n === 0 ? 0 : 1 + deep(n - 1); const o = { get x() { return this.x } }; let second; try { o.x } catch (e) { second = e.name } const p = { toString() { return '' + this } }; let third; try { '' + p } catch (e) { third = e.name } return [first, deep(100), second, third, deep(100)]`,
    notInNode: 'which prototype it has is the guest’s own affair',
  },
  'the message of a full stack': {
    body: `const f = () => 1 + f(); try { f() } catch (e) { return e.message }`,
    differs: 'words',
    notInNode: 'not specified',
  },
  'SuppressedError, and errors while disposing': {
    body: `return [typeof SuppressedError, typeof DisposableStack, typeof AsyncDisposableStack, typeof Symbol.dispose, typeof Symbol.asyncDispose, typeof Iterator.prototype[Symbol.for('x')]]`,
    notInNode: 'Node has them',
  },
  DOMException: {
    body: `const e = new DOMException('m', 'AbortError'); const of = (f) => { try { return f() } catch (x) { return x.name } }; return [e.name, e.message, e.code, String(e), e instanceof Error, e instanceof DOMException, Object.prototype.toString.call(e), new DOMException().name, new DOMException().message, new DOMException('x', 'Mine').code, new DOMException('x', { name: 'N', cause: 5 }).cause, typeof e.stack, of(() => DOMException()), of(() => { e.name = 'other' }), Object.keys(e)]`,
    value: [
      'AbortError',
      'm',
      20,
      'AbortError: m',
      true,
      true,
      '[object DOMException]',
      'Error',
      '',
      0,
      5,
      'string',
      'TypeError',
      'TypeError',
      [],
    ],
  },
}
