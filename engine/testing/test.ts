// How a file defines its tests: collected while its top level runs, run one by one later, each in a sandbox that starts from what the top level left.
import { misuse } from './misuse.ts'
import type { ListedTest } from './protocol.ts'

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

/** A test and what it does. */
export interface DefinedTest extends ListedTest {
  readonly body: () => unknown
}

/** Every test of the file, in the order in which they are written. */
export const defined: DefinedTest[] = []
const groups: string[] = []
const phase = { isClosed: false }

/**
 * Defines a test.
 *
 * @example
 * test('says hello', async () => {
 *   const result = await run('./hello', 'hello', { name: 'Ada' })
 *   expect(result.value).toEqual({ greeting: 'Hello, Ada!', times: 1 })
 * })
 */
export const test: DefineTest = Object.assign((name: string, body: () => unknown) => add(name, body, 'run'), {
  only: (name: string, body: () => unknown) => add(name, body, 'only'),
  skip: (name: string, body: () => unknown = nothing) => add(name, body, 'skip'),
  todo: (name: string) => add(name, nothing, 'todo'),
})

/** Puts the tests that `body` defines into a group: its name stands before theirs. */
export function describe(name: string, body: () => void): void {
  expectName('describe', name)
  groups.push(name)
  try {
    body()
  } finally {
    groups.pop()
  }
}

/** From now on no test can be defined. */
export function closeDefinitions(): void {
  phase.isClosed = true
}

function add(name: string, body: () => unknown, mode: ListedTest['mode']): void {
  expectName('test', name)
  if (typeof body !== 'function') throw misuse(`test("${name}", …) needs a function that does the testing.`)
  if (phase.isClosed) throw misuse(`test("${name}", …) stands inside a test; define tests at the top level of the file.`)
  defined.push({ path: [...groups, name], body, mode })
}

function expectName(what: string, name: unknown): void {
  if (typeof name !== 'string' || name.trim() === '') throw misuse(`${what}(…) needs a name: a text that says what is so.`)
}

function nothing(): void {}
