// timeout: 300s
// An engine that is closed while its first runner starts: nothing but that end keeps the process alive, and it must be waited for.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const ENGINE = join(import.meta.dirname, '../../engine/index.ts')
const LONGEST_MS = 120_000

for (const placement of ['thread', 'process'])
  test(`${placement}: the process does not end before the close of the engine`, async () => {
    const program = `const { createEngine, memoryStore } = await import(${JSON.stringify(ENGINE)})
      for (const blockedMs of [0, 1, 10, 30, 60, 100, 300, 600]) {
        const engine = await createEngine({ scripts: memoryStore({}), placement: '${placement}' })
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMs) // what the runner says meanwhile waits
        await engine.close()
      }
      console.log('closed')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: LONGEST_MS })
    assert.is(stdout, 'closed\n')
  })

test.run()
