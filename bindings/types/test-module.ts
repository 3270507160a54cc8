// The module `vivarium/test` for editors: what engine/testing exports, as text, because a scripts directory need not have vivarium installed beside it.
// A test holds it against what is exported there.

/** Declarations for the inside of `declare module 'vivarium/test'`. */
export const TEST_MODULE = `/** An expectation that does not hold. */
export class AssertionError extends Error {
  override name: string
  code: string
}

/** What can be claimed of a value. */
export interface Expectation {
  /** The opposite of what follows. */
  readonly not: Expectation
  /** Claims of what a promise resolves to. */
  readonly resolves: AsyncExpectation
  /** Claims of what a promise rejects with. */
  readonly rejects: AsyncExpectation
  /** It is this very value (\`Object.is\`). */
  toBe(expected: unknown): void
  /** It is equal, part by part. Properties that are \`undefined\` count as missing. */
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
  /** It is this number but for rounding: as far as \`digits\` behind the point. */
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

/** The class of any error. */
export type ErrorClass = new (...args: any[]) => Error

/**
 * Begins a claim.
 *
 * @example
 * expect(result.value).toEqual({ label: 'big' })
 * expect(result.usage.cpuMs).toBeLessThan(5)
 */
export function expect(value: unknown): Expectation

/** What a run cost. */
export interface TestUsage {
  /** Milliseconds of computing inside the sandbox. */
  readonly cpuMs: number
  /** Milliseconds from the beginning to the end, waiting included. */
  readonly wallMs: number
  /** Peak bytes that script and run occupied. */
  readonly memoryBytes: number
  readonly hostCalls: number
  readonly logBytes: number
  readonly outputBytes: number
}

/** Why a run did not end well, as the script's author sees it. */
export interface TestError {
  /** A code of docs/errors.md, or the \`code\` that the script put on its own error. */
  readonly code: string
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly location?: { readonly file: string; readonly line: number; readonly column: number }
  /** The code around the place, ready to print. */
  readonly frame?: string
  readonly hint?: string
}

/** One line that the script logged. */
export interface TestLog {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  /** Whatever the script attached. */
  readonly data?: any
}

/** One call of a host function, in the order in which the script made them. */
export interface RecordedCall {
  /** \`kv.get\` */
  readonly name: string
  /** As the script wrote them. */
  readonly args: readonly any[]
  /** What the script was given; missing where the call failed, or had no answer when the run ended. */
  readonly reply?: any
  /** Why the call failed. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** What came of a run, and what it called. */
export interface RunReport {
  readonly script: string
  readonly event: string
  readonly status: string
  readonly value?: unknown
  readonly error?: TestError
  readonly logs: readonly TestLog[]
  readonly calls: readonly RecordedCall[]
  readonly usage: TestUsage
}

/** Answers calls of one host function: what the script passed in, what it is given out. Throwing rejects the call; a \`code\` on the error reaches the script. */
export type Fake = (...args: any[]) => unknown

/** Binding → method → fake; a value that is no function is the answer to every call. */
export interface Fakes {
  readonly [binding: string]: { readonly [method: string]: unknown }
}

/** How a run is surrounded. Without any of it, each run of the same script and payload is the same. */
export interface RunOptions {
  /** Fakes of host functions. \`kv\` and what else touches nothing outside works without, in memory, for as long as the test runs. */
  readonly ctx?: Fakes
  /** What \`ctx.kv\` holds before the run, beside what earlier runs of the test have left. */
  readonly kv?: { readonly [key: string]: unknown }
  /** What the clock shows: milliseconds since 1970, a date, its ISO text, or a function that is asked at the start and at each answer to a call; 2026-01-01T00:00:00Z by default. */
  readonly clock?: number | string | Date | (() => number | string | Date)
  /** What \`Math.random\` and \`crypto\` begin with; runs with the same seed draw the same. */
  readonly seed?: string | number
  /** Lower limits, written as in the policy: \`{ cpu: '5ms', hostCalls: 3 }\`. */
  readonly limits?: { readonly [limit: string]: string | number }
  /** Whose event it is. */
  readonly tenant?: string
}

/** What came of a run. */
export interface RunResult extends RunReport {
  /** \`ok\`, \`exception\`, \`cpu_exceeded\` …: as docs/errors.md has them. */
  readonly status: string
  /** What the handler returned. */
  readonly value?: any
}

/** An event with its payload, from \`fixtures/\` in the scripts directory. */
export interface Fixture {
  readonly event: string
  /** Whatever the file holds. */
  readonly payload: any
}

/**
 * Runs a script for an event in a real sandbox: with the runtime, grants and limits that policy gives it. Never rejects because of the script: look at \`status\`.
 * Without a payload, it is \`{}\`. Rejects when the script calls a host function that nothing answers. \`script\` is a path from the test's file, or a script's id.
 *
 * @example
 * const result = await run('./hello', 'hello', { name: 'Ada' }, { ctx: { kv: { increment: () => 3 } } })
 * expect(result.value.times).toBe(3)
 * expect(result.usage.hostCalls).toBeLessThan(4)
 */
export function run(script: string, event: string, payload?: unknown, options?: RunOptions): Promise<RunResult>
export function run(script: string, fixture: Fixture, options?: RunOptions): Promise<RunResult>

/** Reads a fixture: the file \`fixtures/NAME.json\` in the scripts directory. Rejects when there is none. */
export function fixture(name: string): Promise<Fixture>

/** Defines tests. */
export interface DefineTest {
  /** A test: fails when what it does throws or rejects. Nothing of it is there in the next test. */
  (name: string, body: () => unknown): void
  /** Only such tests of the file run. */
  only(name: string, body: () => unknown): void
  /** Is not run. */
  skip(name: string, body?: () => unknown): void
  /** A test that is still to be written. */
  todo(name: string): void
}

/**
 * Defines a test.
 *
 * @example
 * test('says hello', async () => {
 *   const result = await run('./hello', 'hello', { name: 'Ada' })
 *   expect(result.value).toEqual({ greeting: 'Hello, Ada!', times: 1 })
 * })
 */
export const test: DefineTest

/** Puts the tests that \`body\` defines into a group: its name stands before theirs. */
export function describe(name: string, body: () => void): void
`
