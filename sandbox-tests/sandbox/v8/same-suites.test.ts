// The suites of what scripts find inside, once more, on V8: each in a process of its own.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const SUITES = ['abort', 'base64-crypto', 'clone', 'engine-errors', 'hostile-globals', 'text', 'url']
const run = promisify(execFile)

for (const suite of SUITES) {
  test(`what holds on quickjs holds on v8: ${suite}`, async () => {
    const file = join(import.meta.dirname, '..', `${suite}.test.ts`)
    const env = { ...process.env, SANDBOX_RUNTIME: 'v8' }
    const { stdout } = await run(process.execPath, [file], { env, timeout: 120_000 }).catch((error: { stdout?: string }) => ({
      stdout: String(error.stdout ?? error),
    }))
    assert.match(stdout, /Passed:\s+[1-9]/, stdout)
    assert.not.match(stdout, /FAIL/, stdout)
  })
}

test.run()
