// A full stack is a RangeError to a script, whatever the engine calls it, and no script can forge the status that an uncaught one has.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type GuestEnd, loadGuest, runtime } from './guest-realm.ts'

/** So small that the host's own stack is the larger one even on a main thread. */
const run = (body: string): GuestEnd => loadGuest(body, { limits: { stackBytes: 32 * 1024 } }).run()

const OVERFLOWS = [
  'const deeper = () => 1 + deeper(); deeper()',
  `JSON.stringify({ toJSON() { return JSON.stringify([this]) } })`,
  // V8 parses without recursion: to it, this is text that ends too soon.
  ...(runtime === 'v8'
    ? []
    : [`JSON.parse('['.repeat(100_000))`, `JSON.parse('{"a":'.repeat(100_000))`, `JSON.parse('['.repeat(100_000), (key, value) => value)`]),
]
/** What each engine calls it, to a script that catches it. */
const WORDS = runtime === 'v8' ? 'Maximum call stack size exceeded' : 'stack overflow'

test('a full stack can be caught as a RangeError', () => {
  for (const overflow of OVERFLOWS) {
    const body = `try { ${overflow} } catch (error) { return [error instanceof RangeError, error instanceof SyntaxError, error.name, error.message, error.constructor === RangeError, String(error)] }`
    assert.equal(run(body).value, [true, false, 'RangeError', WORDS, true, `RangeError: ${WORDS}`], overflow)
  }
})

test('uncaught, it is stack_exceeded', () => {
  for (const overflow of OVERFLOWS) {
    const end = run(overflow)
    assert.equal([end.status, end.fault?.name, end.fault?.message], ['stack_exceeded', 'RangeError', 'stack overflow'], overflow)
  }
})

test('an error that only looks like it is an exception', () => {
  for (const forgery of [
    `throw new SyntaxError('stack overflow')`,
    `throw new RangeError('stack overflow')`,
    `throw new RangeError('${WORDS}')`,
    `throw new (class extends RangeError {})('${WORDS}')`,
    `throw Reflect.construct(RangeError, ['${WORDS}'], Object)`,
    `throw new RangeError('Array buffer allocation failed')`,
    `throw Object.assign(new Error('stack overflow'), { name: 'InternalError' })`,
    `throw { name: 'RangeError', message: 'stack overflow' }`,
    `JSON.parse('1', () => { throw new SyntaxError('stack overflow') })`,
    `JSON.parse('[1]', () => { throw new RangeError('stack overflow') })`,
    `JSON.parse({ toString() { throw new SyntaxError('stack overflow') } })`,
    `JSON.parse({ [Symbol.toPrimitive]() { throw new SyntaxError('stack overflow') } })`,
    `JSON.parse('stack overflow')`,
  ]) {
    assert.is(run(forgery).status, 'exception', forgery)
  }
})

test('JSON.parse is otherwise what it was', () => {
  const body = `const attempt = (f) => { try { return f() } catch (error) { return error.name } }
    return [JSON.parse.name, JSON.parse.length, Object.keys(JSON), Object.getOwnPropertyDescriptor(JSON, 'parse').enumerable, 'prototype' in JSON.parse, attempt(() => new JSON.parse('1')),
      JSON.parse(' {"a":[1,"x",null,true]} '), JSON.parse('{"a":1,"b":2}', function (key, value) { return key === 'a' ? undefined : value }), JSON.parse('[1,2]', 5), JSON.parse({ toString: () => '7' }), JSON.parse(12),
      attempt(() => JSON.parse('{')), attempt(() => JSON.parse()), attempt(() => JSON.parse(Symbol())), attempt(() => JSON.parse(1n)), JSON.parse('{"__proto__":1}').__proto__ === 1]`
  const expected = [
    'parse',
    2,
    [],
    false,
    false,
    'TypeError',
    { a: [1, 'x', null, true] },
    { b: 2 },
    [1, 2],
    7,
    12,
    'SyntaxError',
    'SyntaxError',
    'TypeError',
    1,
    true,
  ]
  assert.equal(loadGuest(body).run().value, expected)
})

test('a script that replaces JSON.parse changes nothing at the wall', () => {
  const script = loadGuest('return event.map((n) => n * 2)', { top: `JSON.parse = JSON.stringify = () => { throw 1 }` })
  assert.equal(script.run([1, 2]).value, [2, 4])
})

test.run()
