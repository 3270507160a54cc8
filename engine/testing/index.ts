// What tests import as `vivarium/test`. It is evaluated inside the sandbox of a test, never on the host; here it gives editors its types.
export { AssertionError, type Expectation, expect } from './expect.ts'
export type { RecordedCall, TestError, TestLog, TestUsage } from './protocol.ts'
export { type Fake, type Fakes, type Fixture, fixture, type RunOptions, type RunResult, run } from './run.ts'
export { type DefineTest, describe, test } from './test.ts'
