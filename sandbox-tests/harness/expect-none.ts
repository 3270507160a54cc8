// The assertions of the repo tests: what was found is told line by line, without the stack, which would say it twice.

/** Fails the test with this text alone. */
export function fail(message: string): never {
  const error = new Error(message)
  error.stack = ''
  throw error
}

/** Fails with one line a finding, unless there are none. */
export function expectNone(findings: readonly string[], what: string): void {
  if (findings.length > 0) fail(`${what}:\n      ${findings.join('\n      ')}`)
}
