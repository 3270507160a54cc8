// What an editor says about the sample scripts: nothing.
// timeout: 300s
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import { fail } from '../harness/expect-none.ts'
import { ROOT } from '../harness/source-files.ts'

test('scripts/tsconfig.json checks clean', () => {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', 'scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (status !== 0) fail(`tsc -p scripts:\n${stdout}${stderr}`)
})

test.run()
