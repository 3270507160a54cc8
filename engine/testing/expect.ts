// Expectations: what a test claims of a value. One that does not hold throws, with both values and what is different between them.

import { diffLines } from './diff.ts'
import { hasPart, isEqual, partOf } from './equal.ts'
import { misuse } from './misuse.ts'
import { show, showLines } from './show.ts'

/** An expectation that does not hold. */
export class AssertionError extends Error {
  override name = 'AssertionError'
  code = 'ASSERTION_FAILED'
}

/** What can be claimed of a value. */
export interface Expectation {
  /** The opposite of what follows. */
  readonly not: Expectation
  /** Claims of what a promise resolves to. */
  readonly resolves: AsyncExpectation
  /** Claims of what a promise rejects with. */
  readonly rejects: AsyncExpectation
  /** It is this very value (`Object.is`). */
  toBe(expected: unknown): void
  /** It is equal, part by part. Properties that are `undefined` count as missing. */
  toEqual(expected: unknown): void
  /** It has these properties, and perhaps others. */
  toMatchObject(expected: object): void
  toBeDefined(): void
  toBeUndefined(): void
  toBeNull(): void
  toBeTruthy(): void
  toBeFalsy(): void
  toBeLessThan(bound: number | bigint): void
  toBeLessThanOrEqual(bound: number | bigint): void
  toBeGreaterThan(bound: number | bigint): void
  toBeGreaterThanOrEqual(bound: number | bigint): void
  /** It is this number but for rounding: as far as `digits` behind the point. */
  toBeCloseTo(expected: number, digits?: number): void
  /** It is a text with this part, or a list (set, …) with an equal item. */
  toContain(part: unknown): void
  /** It is a text that fits. */
  toMatch(pattern: RegExp | string): void
  toHaveLength(length: number): void
  /** It is a function that throws; what it throws has this text in its message, fits, or has this class. */
  toThrow(expected?: string | RegExp | ErrorClass): void
}

/** The same claims, once the promise has settled: await them. */
export type AsyncExpectation = {
  readonly [K in keyof Expectation as K extends 'not' | 'resolves' | 'rejects' ? never : K]: Expectation[K] extends (
    ...args: infer A
  ) => void
    ? (...args: A) => Promise<void>
    : never
} & { readonly not: AsyncExpectation }

// biome-ignore lint/suspicious/noExplicitAny: the class of any error
type ErrorClass = new (...args: any[]) => Error

/**
 * Begins a claim.
 *
 * @example
 * expect(result.value).toEqual({ label: 'big' })
 * expect(result.usage.cpuMs).toBeLessThan(5)
 */
export function expect(value: unknown): Expectation {
  return claims(value, false)
}

interface Verdict {
  readonly holds: boolean
  /** What was claimed, as it goes on after the value: `to be 3`. */
  readonly claim: string
  /** Lines to add: a diff. */
  readonly details?: readonly string[]
}

type Matcher = (value: unknown, ...args: never[]) => Verdict

const byOrder =
  (words: string, holds: (value: never, bound: never) => boolean) =>
  (value: unknown, bound: unknown): Verdict => ({
    holds: (typeof value === 'number' || typeof value === 'bigint') && holds(value as never, bound as never),
    claim: `to be ${words} ${show(bound)}`,
  })

const MATCHERS: Readonly<Record<string, Matcher>> = {
  toBe: (value: unknown, expected: unknown) => {
    const isTwin = isEqual(value, expected)
    const claim = `to be ${show(expected)}${isTwin ? ' itself; it is another one that is equal: use toEqual' : ''}`
    return { holds: Object.is(value, expected), claim, details: isTwin ? [] : difference(expected, value) }
  },
  toEqual: (value: unknown, expected: unknown) => ({
    holds: isEqual(value, expected),
    claim: `to equal ${show(expected)}`,
    details: difference(expected, value),
  }),
  toMatchObject: (value: unknown, expected: unknown) => ({
    holds: hasPart(value, expected),
    claim: `to have ${show(expected)}`,
    details: difference(expected, partOf(value, expected)),
  }),
  toBeDefined: (value) => ({ holds: value !== undefined, claim: 'to be defined' }),
  toBeUndefined: (value) => ({ holds: value === undefined, claim: 'to be undefined' }),
  toBeNull: (value) => ({ holds: value === null, claim: 'to be null' }),
  toBeTruthy: (value) => ({ holds: Boolean(value), claim: 'to be truthy' }),
  toBeFalsy: (value) => ({ holds: !value, claim: 'to be falsy' }),
  toBeLessThan: byOrder('less than', (value, bound) => value < bound),
  toBeLessThanOrEqual: byOrder('at most', (value, bound) => value <= bound),
  toBeGreaterThan: byOrder('greater than', (value, bound) => value > bound),
  toBeGreaterThanOrEqual: byOrder('at least', (value, bound) => value >= bound),
  toBeCloseTo: (value: unknown, expected: number, digits = 2) => ({
    holds: typeof value === 'number' && (value === expected || Math.abs(value - expected) < 10 ** -digits / 2),
    claim: `to be ${expected}, to ${digits} digits`,
  }),
  toContain: (value: unknown, part: unknown) => ({ holds: contains(value, part), claim: `to contain ${show(part)}` }),
  toMatch: (value: unknown, pattern: RegExp | string) => ({
    holds: typeof value === 'string' && fits(value, pattern),
    claim: `to match ${show(pattern)}`,
  }),
  toHaveLength: (value: unknown, length: number) => ({
    holds: (value as { length?: unknown } | null | undefined)?.length === length,
    claim: `to have ${length} items, not ${show((value as { length?: unknown } | null | undefined)?.length)}`,
  }),
  toThrow: (value: unknown, expected?: string | RegExp | ErrorClass) => judgeThrown(thrownBy(value), expected),
}

function claims(value: unknown, isNegated: boolean): Expectation {
  const made: Record<string, unknown> = {}
  for (const [name, matcher] of Object.entries(MATCHERS)) {
    const claim = (...args: unknown[]): void => {
      judge(value, matcher(value, ...(args as never[])), isNegated)
    }
    made[name] = claim
  }
  Object.defineProperties(made, {
    not: { get: () => claims(value, !isNegated) },
    resolves: { get: () => asyncClaims(value, { isNegated, isRejection: false }) },
    rejects: { get: () => asyncClaims(value, { isNegated, isRejection: true }) },
  })
  return made as unknown as Expectation
}

interface Awaited {
  readonly isNegated: boolean
  readonly isRejection: boolean
}

function asyncClaims(promise: unknown, { isNegated, isRejection }: Awaited): AsyncExpectation {
  const made: Record<string, unknown> = {}
  for (const name of Object.keys(MATCHERS)) {
    const claim = async (...args: unknown[]): Promise<void> => {
      const site = new AssertionError('') // made here, where the frames of the test are: later they are gone
      const settled = await settle(promise)
      if (settled.isRejected !== isRejection) {
        site.message = isRejection ? `it resolves, to ${show(settled.value)}` : `it rejects, with ${show(settled.value)}`
        throw site
      }
      const verdict =
        name === 'toThrow'
          ? judgeThrown({ isThrown: isRejection, value: settled.value }, args[0] as never)
          : MATCHERS[name]?.(settled.value, ...(args as never[]))
      if (verdict !== undefined) judge(settled.value, verdict, isNegated, site)
    }
    made[name] = claim
  }
  Object.defineProperty(made, 'not', { get: () => asyncClaims(promise, { isNegated: !isNegated, isRejection }) })
  return made as unknown as AsyncExpectation
}

async function settle(promise: unknown): Promise<{ readonly isRejected: boolean; readonly value: unknown }> {
  try {
    return { isRejected: false, value: await promise }
  } catch (error) {
    return { isRejected: true, value: error }
  }
}

function judge(value: unknown, { holds, claim, details }: Verdict, isNegated: boolean, site = new AssertionError('')): void {
  if (holds !== isNegated) return
  const lines = isNegated || details === undefined ? [] : details
  // Where a diff follows, it says what the values are.
  site.message =
    lines.length > 0
      ? `expected the value ${claim.split(' ', 2).join(' ')} … (- expected, + received)\n${lines.join('\n')}`
      : `expected ${shorten(show(value))} ${isNegated ? 'not ' : ''}${claim}`
  throw site
}

/** Nothing for values that are short: their sentence says it all. */
function difference(expected: unknown, received: unknown): readonly string[] {
  const [wanted, got] = [showLines(expected), showLines(received)]
  return wanted.length + got.length > 2 ? diffLines(wanted, got) : []
}

function shorten(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}

function contains(value: unknown, part: unknown): boolean {
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part)
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return false
  return [...(value as Iterable<unknown>)].some((item) => isEqual(item, part))
}

function fits(text: string, pattern: RegExp | string): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : new RegExp(pattern.source, pattern.flags.replace('g', '')).test(text)
}

interface Thrown {
  readonly isThrown: boolean
  readonly value: unknown
}

function thrownBy(body: unknown): Thrown {
  if (typeof body !== 'function')
    throw misuse('toThrow needs a function: write expect(() => …).toThrow(); of a promise, await expect(promise).rejects.toThrow().')
  try {
    return { isThrown: false, value: body() }
  } catch (error) {
    return { isThrown: true, value: error }
  }
}

function judgeThrown({ isThrown, value }: Thrown, expected: string | RegExp | ErrorClass | undefined): Verdict {
  const message = value instanceof Error ? value.message : String(value)
  if (expected === undefined || !isThrown) return { holds: isThrown, claim: 'to throw' }
  if (typeof expected === 'function')
    return { holds: value instanceof expected, claim: `to throw a ${expected.name}; it throws ${show(value)}` }
  return { holds: fits(message, expected), claim: `to throw ${show(expected)}; it throws ${show(value)}` }
}
