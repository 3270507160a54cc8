// The sample scripts as their maintainer looks at them: `vivarium check` with types, and `vivarium test` on both runtimes.
// timeout: 300s
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { scriptEntries } from '../../engine/source/script-entries.ts'
import { vivarium } from '../cli/vivarium.ts'
import { expectNone } from '../harness/expect-none.ts'
import { listFiles, ROOT } from '../harness/source-files.ts'

const files = listFiles('scripts').map((file) => file.replace(/^scripts\//, ''))

test('check finds nothing but the script that is denied on purpose', async () => {
  const { code, stdout, stderr } = await vivarium(['check', '--dir', 'scripts', '--json'], { cwd: ROOT })
  assert.equal([code, stderr], [0, ''], stdout)
  const { policy, scripts, refused, types } = JSON.parse(stdout)
  assert.equal(refused, ['hostile/ungranted'])
  assert.equal([policy.problems, policy.warnings, types.status, types.problems], [[], [], 'ok', []])
  expectNone(
    scripts.flatMap(({ warnings }: { warnings: string[] }) => warnings),
    'Warnings',
  )
  const others = scripts.filter(({ status }: { status: string }) => status !== 'ready')
  assert.equal(
    others.map(({ id, status }: { id: string; status: string }) => `${id} ${status}`),
    ['hostile/ungranted denied'],
  )
})

for (const runtime of ['quickjs', 'v8']) {
  test(`their own tests pass on ${runtime}`, async () => {
    const { code, stdout, stderr } = await vivarium(['test', '--dir', 'scripts', '--runtime', runtime], { cwd: ROOT })
    assert.is(code, 0, stdout + stderr)
    assert.match(stdout, /\d\d passed, in 16 files/)
  })
}

test('each useful script has a test beside it, which is no script', () => {
  const entries = scriptEntries(files)
  const untested = entries
    .filter(({ id }) => !id.startsWith('hostile/'))
    .filter(({ path }) => !files.includes(path.replace(/\.(ts|js)$/, '.test.$1')))
    .map(({ path }) => join('scripts', path))
  expectNone(untested, 'Scripts without a test')
  expectNone(
    entries.filter(({ path }) => /\.test\./.test(path)).map(({ id }) => id),
    'Tests that are taken for scripts',
  )
})

test.run()
