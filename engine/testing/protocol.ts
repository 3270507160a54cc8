// What the sandbox of a test and its host say to each other: types only. The host asks the suite, the test asks the host for runs and their calls.

/** A test as its file defines it. */
export interface ListedTest {
  /** The names of the groups that it is in, then its own. */
  readonly path: readonly string[]
  readonly mode: 'run' | 'only' | 'skip' | 'todo'
}

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
  /** A code of docs/errors.md, or the `code` that the script put on its own error. */
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
  // biome-ignore lint/suspicious/noExplicitAny: whatever the script attached; tests look into it
  readonly data?: any
}

/** One call of a host function, in the order in which the script made them. */
export interface RecordedCall {
  /** `kv.get` */
  readonly name: string
  /** As the script wrote them. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the script passed; tests look into it
  readonly args: readonly any[]
  /** What the script was given; missing where the call failed, or had no answer when the run ended. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the host function answered; tests look into it
  readonly reply?: any
  /** Why the call failed. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** A run that a test asks for. */
export interface RunOrder {
  readonly script: string
  readonly event: string
  readonly payload: unknown
  /** Names of the host functions that the test answers itself. */
  readonly fakes: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
  readonly seed: string
  readonly limits: { readonly [limit: string]: string | number } | undefined
  readonly tenant: string | undefined
  /** What `ctx.kv` holds before. */
  readonly kv: { readonly [key: string]: unknown } | undefined
}

/** What comes next in a run under test. */
export type Step =
  | { readonly kind: 'call'; readonly call: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'end'; readonly result: RunReport; readonly missing: readonly MissingFake[] }

/** A call that nothing answers: the test has to. */
export interface MissingFake {
  readonly name: string
  readonly args: readonly unknown[]
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

/** A test's answer to a call. */
export interface FakeReply {
  readonly run: number
  readonly call: number
  readonly ok: boolean
  readonly value?: unknown
  readonly error?: { readonly code: string; readonly message: string }
  /** The moment that the script sees from now on. */
  readonly now: number
}

/** What the host does for a test: host functions of its sandbox. */
export interface TestHost {
  start(order: RunOrder): Promise<number>
  next(run: number): Promise<Step>
  answer(reply: FakeReply): Promise<void>
  fixture(name: string): Promise<{ readonly event: string; readonly payload: unknown }>
}

/** The binding under which a suite has its host. */
export const TEST_BINDING = 'test'
/** The methods of {@link TestHost}. */
export const TEST_METHODS: readonly (keyof TestHost)[] = ['start', 'next', 'answer', 'fixture']
