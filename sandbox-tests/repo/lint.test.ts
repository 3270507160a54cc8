// The type-checker, the linters and the formatter have nothing to say.
// timeout: 300s
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { test } from 'uvu'
import { fail } from '../harness/expect-none.ts'
import { ROOT } from '../harness/source-files.ts'

const TOOLS = [
  ['tsc', '--noEmit'],
  ['oxlint', '--deny-warnings'],
  ['biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
] as const

for (const [tool, ...args] of TOOLS) {
  test(`${tool} finds nothing`, () => {
    const { status, stdout, stderr, error } = spawnSync(join(ROOT, 'node_modules', '.bin', tool), args, { cwd: ROOT, encoding: 'utf8' })
    if (status !== 0) fail(`${tool} ${args.join(' ')}:\n${error ?? ''}${stripVTControlCharacters(stdout + stderr)}`)
  })
}

test.run()
