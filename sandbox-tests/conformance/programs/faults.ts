// What becomes of errors that nobody catches: code, name, message, frames in the user's own lines.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const FAULTS: Programs = {
  'an error of the script': {
    body: `throw new TypeError('mine')`,
    status: 'exception',
    error: { code: 'EXCEPTION', name: 'TypeError', message: 'mine' },
  },
  'frames are those of the script, in its own lines': {
    script: `interface Order { id: number }
function deepest(order: Order): never {
  throw new Error('at ' + order.id)
}
const middle = (order: Order) => {
  return deepest(order)
}
class Shop {
  sell(order: Order) {
    return middle(order)
  }
}
export default { on: { '@go': (id: number) => {
  return new Shop().sell({ id })
} } }`,
    status: 'exception',
    error: { name: 'Error', message: 'at 7' },
    differs: 'places',
  },
  'frames through callbacks of built-ins': {
    script: `const bad = (x) => {
  throw new Error('bad ' + x)
}
export default { on: { '@go': () => {
  return [1].map((x) =>
    [x].forEach(bad))
} } }`,
    status: 'exception',
    error: { message: 'bad 1' },
    differs: 'places',
  },
  'frames of async functions': {
    script: `const inner = async () => {
  await null
  throw new Error('later')
}
export default { on: { '@go': async () => {
  await inner()
} } }`,
    status: 'exception',
    error: { message: 'later' },
  },
  'frames of generators, getters, constructors and static methods': {
    script: `function* gen() {
  yield new Thing().value
}
class Thing {
  constructor() {
    Thing.check(this)
  }
  static check(thing) {
    return thing.value
  }
  get value() {
    throw new Error('in the getter')
  }
}
export default { on: { '@go': () => {
  return [...gen()]
} } }`,
    status: 'exception',
    error: { message: 'in the getter' },
    differs: 'places',
  },
  'frames of a rethrown error are where it was made': {
    script: `const make = () => new RangeError('made here')
export default { on: { '@go': () => {
  const error = make()
  try { throw error } catch (again) { throw again }
} } }`,
    status: 'exception',
    error: { name: 'RangeError', message: 'made here' },
  },
  'causes are told': {
    body: `try {\nJSON.parse('{')\n} catch (error) {\nthrow new Error('could not read', { cause: new TypeError('because', { cause: 'text' }) })\n}`,
    status: 'exception',
    error: { message: 'could not read' },
  },
  'a cause that goes round': {
    body: `const e = new Error('round'); e.cause = e; throw e`,
    status: 'exception',
    error: { message: 'round' },
  },
  'own codes, names and classes': {
    body: `class Refused extends Error { name = 'Refused'; code = 'NOT_TODAY' } throw new Refused('come back')`,
    status: 'exception',
    error: { code: 'NOT_TODAY', name: 'Refused', message: 'come back' },
  },
  'own classes with constructors of their own': {
    script: `class Base extends Error {
  constructor(message, code) {
    super(message)
    this.code = code
  }
}
class Deep extends Base {
  constructor(why) {
    super('deep: ' + why, 'DEEP')
  }
}
class Field {
  value = broken()
}
function broken() {
  throw new Deep('field')
}
export default { on: { '@go': () => {
  new Field()
} } }`,
    status: 'exception',
    error: { code: 'DEEP', message: 'deep: field' },
    differs: 'places',
  },
  'codes that are no text': {
    body: `throw Object.assign(new Error('m'), { code: 42 })`,
    status: 'exception',
    error: { code: 'EXCEPTION', message: 'm' },
  },
  'a thrown text': { body: `throw 'just text'`, status: 'exception', error: { name: 'Error', message: 'Thrown value: just text' } },
  'a thrown object': {
    body: `throw { a: 1, b: [2] }`,
    status: 'exception',
    error: { name: 'Error', message: 'Thrown value: { a: 1, b: [2] }' },
  },
  'a thrown nothing': { body: `throw undefined`, status: 'exception', error: { message: 'Thrown value: undefined' } },
  'a thrown null': { body: `throw null`, status: 'exception', error: { message: 'Thrown value: null' } },
  'a thrown symbol': { body: `throw Symbol('s')`, status: 'exception', error: { message: 'Thrown value: Symbol(s)' } },
  'a thrown function': { body: `throw function named() {}`, status: 'exception', error: { message: 'Thrown value: [function named]' } },
  'a thrown object that reads like an error': {
    body: `throw { name: 'Odd', message: 'reads', stack: 'at nowhere', code: 'C' }`,
    status: 'exception',
    error: { code: 'C', name: 'Odd', message: 'reads' },
  },
  'a thrown proxy that refuses everything': {
    body: `throw new Proxy({}, { get() { throw new Error('no') }, getPrototypeOf() { throw new Error('no') } })`,
    status: 'exception',
  },
  'an error whose getters throw': {
    body: `const e = new Error('m'); Object.defineProperty(e, 'message', { get() { throw 1 } }); Object.defineProperty(e, 'name', { get() { throw 1 } }); throw e`,
    status: 'exception',
  },
  'an error with fields that are no text': {
    body: `throw Object.assign(new Error('m'), { name: 5, message: { x: 1 } })`,
    status: 'exception',
    error: { name: 'Error' },
  },
  'an error after characters of two units': {
    script: `const face = '😀😀😀 é 漢 😀'; const fail = (why) => { throw new Error(why + face) }
export default { on: { '@go': () => {
  const more = '👨‍👩‍👧👨‍👩‍👧'; fail(more)
} } }`,
    status: 'exception',
    error: { frames: ['fail 1:65', 'handler 3:36'] },
  },
  'a very long message': { body: `throw new Error('x'.repeat(20000))`, status: 'exception' },
  'a message of many lines and odd characters': {
    body: String.raw`throw new Error('one\n    at forged (elsewhere.ts:1:1)\n\x1b[31mred\x00\u202e')`,
    status: 'exception',
  },
  'a forged stack': {
    body: `const e = new Error('m'); e.stack = 'Error: m\\n    at forged (script:1:1)\\n    at /etc/passwd:1:1'; throw e`,
    status: 'exception',
    error: { message: 'm' },
  },
  'an error without a stack': {
    body: `const e = new Error('bare'); delete e.stack; e.stack = undefined; throw e`,
    status: 'exception',
    error: { message: 'bare' },
  },
  'an aggregate of rejections': {
    body: `await Promise.any([Promise.reject(new Error('a'))])`,
    status: 'exception',
    error: { name: 'AggregateError' },
    differs: ['words', 'frames'],
  },
  'a rejected promise as the result': {
    body: `return Promise.reject(new RangeError('rejected'))`,
    status: 'exception',
    error: { name: 'RangeError', message: 'rejected' },
  },
  'a synchronous handler that throws': {
    script: `export default { on: { '@go': () => { throw new Error('sync') } } }`,
    status: 'exception',
    error: { message: 'sync' },
  },
  'a stack that overflows': {
    body: `const f = (n) => 1 + f(n + 1)\nreturn f(0)`,
    status: 'stack_exceeded',
    error: { code: 'STACK_EXCEEDED', name: 'RangeError' },
    differs: 'frames',
  },
  'a forged overflow is the script’s own error': {
    body: `throw new RangeError('stack overflow')`,
    status: 'exception',
    error: { code: 'EXCEPTION', name: 'RangeError', message: 'stack overflow' },
  },
  'reading a property of undefined': {
    body: `const order = {}\nreturn order.lines.length`,
    status: 'exception',
    error: { name: 'TypeError' },
    differs: ['words', 'places'],
  },
  'calling what is no function': {
    body: `const order = {}\nreturn order.total()`,
    status: 'exception',
    error: { name: 'TypeError' },
    differs: 'words',
  },
  'a name that nobody declared': { body: `return nowhere + 1`, status: 'exception', error: { name: 'ReferenceError' }, differs: 'words' },
  'text that is no JSON': {
    body: `return JSON.parse('{"a": nope}')`,
    status: 'exception',
    error: { name: 'SyntaxError' },
    differs: 'words',
  },
  'writing to what is frozen': {
    body: `const o = Object.freeze({ a: 1 })\no.a = 2`,
    status: 'exception',
    error: { name: 'TypeError' },
    differs: ['words', 'places'],
  },
  'a null that is destructured': {
    body: `const { a } = null\nreturn a`,
    status: 'exception',
    error: { name: 'TypeError' },
    differs: ['words', 'places'],
  },
  'what is not iterable': {
    body: `const [a] = 5\nreturn a`,
    status: 'exception',
    error: { name: 'TypeError' },
    differs: ['words', 'places'],
  },
  'mixing bigints': { body: `return 1n + 1`, status: 'exception', error: { name: 'TypeError' }, differs: 'words' },
  'a private field of another': {
    body: `class A { #x = 1; static x(o) { return o.#x } }\nreturn A.x({})`,
    status: 'exception',
    error: { name: 'TypeError' },
    differs: ['words', 'places'],
  },
  'too long an array': { body: `return new Array(-1)`, status: 'exception', error: { name: 'RangeError' }, differs: 'words' },
  'a top level that throws': {
    script: `const settings = {}\nif (!settings.ready) throw new Error('not ready')\nexport default { on: { '@go': () => 1 } }`,
    status: 'load_failed',
    error: { code: 'LOAD_EXCEPTION' },
  },
  'a top level that calls the host': { script: `setTimeout(() => 1, 1)\nexport default { on: { '@go': () => 1 } }`, status: 'load_failed' },
  'a script without a default export': { script: `export const x = 1`, status: 'load_failed', error: { code: 'MANIFEST_MISSING' } },
  'a default export that is no manifest': { script: `export default { on: 5 }`, status: 'load_failed' },
  'a top level whose stack overflows': {
    script: `const f = () => 1 + f()\nf()\nexport default { on: { '@go': () => 1 } }`,
    status: 'load_failed',
    differs: 'frames',
  },
  'syntax that is none': {
    script: `export default { on: { '@go': () => { return 1 + } } }`,
    status: 'load_failed',
    error: { code: 'SYNTAX_ERROR' },
  },
}
