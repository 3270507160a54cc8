// The one assertion of the repo tests: a list of findings is empty, or the failure names each.
import * as assert from 'uvu/assert'

/** Fails with one line a finding, unless there are none. */
export function expectNone(findings: readonly string[], what: string): void {
  if (findings.length > 0) assert.unreachable(`${what}:\n      ${findings.join('\n      ')}`)
}
