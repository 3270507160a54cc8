// Expectations, equality and diffs: what they hold for equal, and what they say when something is not.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { diffLines } from '../../engine/testing/diff.ts'
import { hasPart, isEqual } from '../../engine/testing/equal.ts'
import { AssertionError, expect } from '../../engine/testing/expect.ts'
import { show, showLines } from '../../engine/testing/show.ts'

/** What shows none of its parts. */
class Hidden {
  readonly #part: number
  constructor(part: number) {
    this.#part = part
  }
  get part(): number {
    return this.#part
  }
}

const WAITING = Promise.resolve(1)

const EQUAL: readonly (readonly [unknown, unknown])[] = [
  [1, 1],
  [Number.NaN, Number.NaN],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
  [{ a: undefined }, {}],
  [new Date(5), new Date(5)],
  [new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]])],
  [new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }])],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new Error('no'), new Error('no')],
  [cycle(), cycle()],
  [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
  [new DataView(new Uint8Array([0, 1, 2]).buffer, 1), new DataView(new Uint8Array([1, 2]).buffer)],
  [new Float64Array([Number.NaN]), new Float64Array([Number.NaN])],
  [Object(5), Object(5)],
  [new URL('https://a.example/b'), new URL('https://a.example/b')],
  [new Headers({ a: 'b', c: 'd' }), new Headers({ C: 'd', A: 'b' })],
  [new Map([[{ a: 1 }, { b: 2 }]]), new Map([[{ a: 1 }, { b: 2 }]])],
  [new Set([{ a: 1 }, { b: 1 }]), new Set([{ b: 1 }, { a: 1 }])],
  [WAITING, WAITING],
  [Object.create(null), {}],
]

const DIFFERENT: readonly (readonly [unknown, unknown])[] = [
  [1, '1'],
  [0, -0],
  [null, undefined],
  [[], {}],
  [[1, 2], [1]],
  [[undefined], []],
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [new Date(5), new Date(6)],
  [new Map([['a', 1]]), new Map([['b', 1]])],
  [new Set([1]), new Set([2])],
  [new Uint8Array([1]), [1]],
  [new Error('no'), new TypeError('no')],
  [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 3]).buffer],
  [new Uint8Array(2).buffer, new Uint8Array(3).buffer],
  [new DataView(new Uint8Array([1]).buffer), new DataView(new Uint8Array([2]).buffer)],
  [Object(5), Object(6)],
  [Object(5), 5],
  [new URL('https://a.example/b'), new URL('https://a.example/c')],
  [new Headers({ a: 'b' }), new Headers({ a: 'c' })],
  [new Headers({ a: 'b' }), new Headers()],
  [new Response('a'), new Response('b')],
  [new Hidden(1), new Hidden(2)],
  [new Hidden(1), {}],
  [WAITING, Promise.resolve(1)],
  [[1][Symbol.iterator](), [1][Symbol.iterator]()],
  [new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { b: 1 }])],
  [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 2]])],
  [
    new Map([
      [{ a: 1 }, 1],
      [{ a: 1 }, 2],
    ]),
    new Map([
      [{ a: 1 }, 1],
      [{ a: 2 }, 2],
    ]),
  ],
  [
    new Map<unknown, unknown>([
      ['a', 1],
      [{}, 1],
    ]),
    new Map<unknown, unknown>([
      ['a', 1],
      ['b', 1],
    ]),
  ],
]

function cycle(): unknown {
  const value: Record<string, unknown> = { a: 1 }
  value['self'] = value
  return value
}

/** What a claim that does not hold says. */
function sentence(claim: () => void): string {
  try {
    claim()
  } catch (error) {
    assert.instance(error, AssertionError)
    return (error as Error).message
  }
  throw new Error('It holds.')
}

test('values are equal part by part, whatever their kind', () => {
  for (const [a, b] of EQUAL) assert.ok(isEqual(a, b), `${show(a)} and ${show(b)}`)
  for (const [a, b] of DIFFERENT) {
    assert.not(isEqual(a, b), `${show(a)} and ${show(b)}`)
    assert.not(isEqual(b, a), `${show(b)} and ${show(a)}`)
  }
})

test('a part is what it names, at any depth', () => {
  assert.ok(hasPart({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }))
  assert.ok(hasPart([{ a: 1, b: 2 }], [{ a: 1 }]))
  assert.not(hasPart([{ a: 1 }, 2], [{ a: 1 }]))
  assert.not(hasPart({ a: 1 }, { b: undefined, c: 1 }))
  assert.not(hasPart(null, { a: 1 }))
})

test('each claim holds where it should, and its opposite where it should not', () => {
  const claims: readonly [holds: () => void, holdsNot: () => void][] = [
    [() => expect(3).toBe(3), () => expect(3).toBe(4)],
    [() => expect({ a: 1 }).toEqual({ a: 1 }), () => expect({ a: 1 }).toBe({ a: 1 })],
    [() => expect({ a: 1, b: 2 }).toMatchObject({ a: 1 }), () => expect({ a: 1 }).toMatchObject({ a: 2 })],
    [() => expect(0).toBeDefined(), () => expect(undefined).toBeDefined()],
    [() => expect(undefined).toBeUndefined(), () => expect(null).toBeUndefined()],
    [() => expect(null).toBeNull(), () => expect(undefined).toBeNull()],
    [() => expect('a').toBeTruthy(), () => expect('').toBeTruthy()],
    [() => expect(0).toBeFalsy(), () => expect(1).toBeFalsy()],
    [() => expect(1).toBeLessThan(2), () => expect(2).toBeLessThan(2)],
    [() => expect(2).toBeLessThanOrEqual(2), () => expect('1').toBeLessThanOrEqual(2)],
    [() => expect(3n).toBeGreaterThan(2n), () => expect(2).toBeGreaterThan(2)],
    [() => expect(2).toBeGreaterThanOrEqual(2), () => expect(undefined).toBeGreaterThanOrEqual(2)],
    [() => expect(0.1 + 0.2).toBeCloseTo(0.3), () => expect(0.31).toBeCloseTo(0.3)],
    [() => expect('abc').toContain('b'), () => expect('abc').toContain('d')],
    [() => expect([{ a: 1 }]).toContain({ a: 1 }), () => expect([1]).toContain('1')],
    [() => expect('abc').toMatch(/^a/g), () => expect(5).toMatch(/5/)],
    [() => expect([1, 2]).toHaveLength(2), () => expect(undefined).toHaveLength(0)],
    [() => expect(() => JSON.parse('{')).toThrow(SyntaxError), () => expect(() => 1).toThrow()],
    [() => expect(() => JSON.parse('{')).toThrow(/JSON/), () => expect(() => JSON.parse('{')).toThrow('something else')],
    [() => expect(1).not.toBe(2), () => expect(1).not.toBe(1)],
  ]
  for (const [holds, holdsNot] of claims) {
    holds()
    assert.is.not(sentence(holdsNot), '')
  }
})

test('claims of promises are awaited', async () => {
  await expect(Promise.resolve(3)).resolves.toBe(3)
  await expect(Promise.reject(new TypeError('no'))).rejects.toThrow(/no/)
  await expect(Promise.reject(new TypeError('no'))).rejects.not.toThrow(/yes/)
  await expect(Promise.resolve({ a: 1 })).resolves.not.toEqual({ a: 2 })
  await expect(Promise.resolve(3)).resolves.not.toThrow()
  await expect(Promise.reject(new Error('no'))).rejects.toThrow()
  const messageOf = (claim: Promise<void>): Promise<string> => claim.then(String, (error: Error) => error.message)
  assert.is(await messageOf(expect(Promise.resolve(3)).rejects.toThrow()), 'it resolves, to 3')
  assert.is(await messageOf(expect(Promise.reject(new Error('no'))).resolves.toBe(3)), 'it rejects, with Error("no")')
  assert.is(await messageOf(expect(Promise.resolve(3)).resolves.toBe(4)), 'expected 3 to be 4')
  assert.is(await messageOf(expect(Promise.resolve(3)).resolves.toThrow()), 'expected 3 to throw')
  assert.is(await messageOf(expect(Promise.reject(new Error('no'))).rejects.not.toThrow()), 'expected Error("no") not to throw')
})

test('what does not hold is a sentence, or a diff for values of several parts', () => {
  assert.is(
    sentence(() => expect('exception').toBe('ok')),
    'expected "exception" to be "ok"',
  )
  assert.is(
    sentence(() => expect(7).not.toBeLessThan(8)),
    'expected 7 not to be less than 8',
  )
  assert.match(
    sentence(() => expect([1]).toBe([1] as never)),
    'it is another one that is equal',
  )
  assert.is(
    sentence(() => expect({ b: 1, a: [1, 2] }).toEqual({ a: [1, 3], b: 1 })),
    'expected the value to equal … (- expected, + received)\n  {\n-   a: [1, 3],\n+   a: [1, 2],\n    b: 1,\n  }',
  )
})

test('a diff shows what differs and a little around it, and ends', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`)
  assert.equal(diffLines(lines, lines.with(20, 'other')), [
    '  …',
    '  line 18',
    '  line 19',
    '- line 20',
    '+ other',
    '  line 21',
    '  line 22',
    '  …',
  ])
  const many = (text: string): string[] => Array.from({ length: 10_000 }, (_, index) => `${text} ${index}`)
  assert.ok(diffLines(many('a'), many('b')).length < 100)
})

test('any value has a text of bounded length', () => {
  assert.is(show({ b: 1, a: 'x', 'odd key': undefined }), '{ a: "x", b: 1, "odd key": undefined }')
  assert.is(
    show([new Date(0), 1n, /a/g, new Set([1]), new Map([[1, 2]])]),
    '[Date(1970-01-01T00:00:00.000Z), 1n, /a/g, Set { 1 }, Map { 1 => 2 }]',
  )
  assert.is(
    show([
      new Uint8Array([1, 2]).buffer,
      new DataView(new ArrayBuffer(1)),
      Object(5),
      new URL('https://a.example'),
      new Headers({ a: 'b' }),
      new Hidden(1),
    ]),
    '[ArrayBuffer [1, 2], DataView [0], Number(5), URL(https://a.example/), Headers [["a", "b"]], Hidden {}]',
  )
  assert.is(show(cycle()), '{ a: 1, self: [cycle] }')
  assert.ok(show('x'.repeat(1_000_000)).length < 25_000)
  const wide = Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => 'text'))
  assert.ok(show(wide).length < 60_000)
  assert.ok(showLines({ a: wide }).length > 1)
})

test.run()
