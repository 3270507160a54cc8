// `vivarium check`: every script's state, every problem of the policy, and what the exit code says.
// timeout: 600s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const GOOD = `export default { on: { go: () => 1, stop: () => 2 } }`

test('scripts that load are listed with what they declare; schedules with when they are due next', async () => {
  using directory = tempDirectory({
    'good.ts': GOOD,
    'daily.ts': `export default { needs: { kv: true }, every: { '0 8 * * *': () => 1 } }`,
    'policy.yaml': 'version: 1\ndefaults: { allow: { kv: true } }\n',
  })
  const { code, stdout, stderr } = await vivarium(['check'], { cwd: directory.path })
  assert.is(code, 0, stdout + stderr)
  assert.match(stdout, 'good: ready (on go, stop)')
  assert.match(
    stdout,
    /daily: ready \(needs kv\), on quickjs \(thread\)\n {2}every 0 8 \* \* \* \(UTC\); next on \d{4}-\d\d-\d\d at 08:00:00 UTC\n/,
  )
  assert.match(stdout, 'policy.yaml: ok\n2 scripts: 2 ready.')
})

test('each way to fail is shown with its place, its frame and what to do', async () => {
  using directory = tempDirectory({
    'good.ts': GOOD,
    'syntax.ts': 'export default {\n  on: { go( }\n}',
    'imports.ts': `import fs from 'node:fs'\nexport default () => fs`,
    'throws.ts': `const x: any = undefined\nx.y\nexport default () => 1`,
    'nothing.ts': 'export const x = 1',
    'needy.ts': `export default { needs: { kv: true, mail: true }, on: { go: () => 1 } }`,
  })
  const { code, stdout } = await vivarium(['check'], { cwd: directory.path })
  assert.is(code, 1)
  assert.match(stdout, /^syntax: failed at syntax\.ts:2:\d+\n[\s\S]*> 2 \| {3}on: \{ go\( \}/m)
  assert.match(stdout, /^imports: failed at imports\.ts:1:\d+\n/m)
  assert.match(stdout, 'docs/errors.md#IMPORT_FORBIDDEN')
  assert.match(stdout, /^throws: failed at throws\.ts:2:\d+\n/m)
  assert.match(stdout, 'docs/errors.md#MANIFEST_MISSING')
  assert.match(
    stdout,
    /^needy: denied \(on go; needs kv, mail\)\n[\s\S]*would have to say: allow: \{ kv: true \}\n[\s\S]*There is no binding "mail"/m,
  )
  assert.match(stdout, 'No policy: the built-in limits hold, and nothing is granted but ctx.log.')
  assert.match(stdout, '6 scripts: 1 ready, 4 failed, 1 denied.')
})

test('what takes several lines stands apart from what is before it and behind it', async () => {
  using directory = tempDirectory({
    'a.ts': GOOD,
    'b.ts': `export default { needs: { kv: true }, on: { go: () => 1 } }`,
    'c.ts': GOOD,
    'd.ts': GOOD,
    'e.ts': `export default { needs: { kv: true }, on: { go: () => 1 } }`,
  })
  const { stdout } = await vivarium(['check', '--no-types'], { cwd: directory.path })
  const shape = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (/^[a-e]: /.test(line) ? line.charAt(0) : line === '' ? '' : '…'))
  assert.equal(
    shape.filter((line, index) => line !== '…' || shape[index - 1] !== '…'),
    ['a', '', 'b', '…', '', 'c', 'd', '', 'e', '…', '', '…'],
  )
})

test('what is granted in part is a warning, and no problem', async () => {
  using directory = tempDirectory({
    'script.ts': `export default { needs: { kv: { bytes: '1MiB', keys: 10 } }, on: { go: () => 1 } }`,
    'policy.yaml': 'version: 1\ndefaults: { allow: { kv: { bytes: 1KiB, keys: 10 } } }\n',
  })
  const { code, stdout } = await vivarium(['check'], { cwd: directory.path })
  assert.is(code, 0)
  assert.match(stdout, /warning: "script" asks for kv: /)
  assert.match(stdout, '1 script: 1 ready, 1 warning.')
})

test('all problems of a policy are shown at once', async () => {
  using directory = tempDirectory({
    'good.ts': GOOD,
    'policy.yaml': 'version: 1\ndefaults:\n  limits: { cpu: 50, memry: 1MiB }\nscripts:\n  good: { runtime: v9 }\n',
  })
  const { code, stdout } = await vivarium(['check'], { cwd: directory.path })
  assert.is(code, 1)
  for (const place of ['policy.yaml:3:18', 'policy.yaml:3:22', 'policy.yaml:5:']) assert.match(stdout, place)
  assert.match(stdout, 'Did you mean "memory"?')
  assert.match(stdout, '> 3 |   limits: { cpu: 50, memry: 1MiB }')
  assert.match(stdout, 'policy.yaml: 3 problems\nScripts were not checked: what they may do depends on the policy.')
  assert.not.match(stdout, 'good: ready')
})

test('policies that are no policies are problems too', async () => {
  using directory = tempDirectory({ 'good.ts': GOOD })
  const cases: readonly (readonly [text: string | Uint8Array, code: string])[] = [
    ['', 'POLICY_INVALID'],
    ['version: 1\n  bad: [', 'POLICY_SYNTAX'],
    [new Uint8Array([0xff, 0xfe, 0xff]), 'POLICY_UNREADABLE'],
    ['version: 1\n\u001b[2J: 1\n', 'POLICY_'],
  ]
  for (const [text, code] of cases) {
    directory.write('policy.yaml', text)
    const end = await vivarium(['check'], { cwd: directory.path })
    assert.is(end.code, 1, end.stderr)
    assert.match(end.stdout, `docs/errors.md#${code}`)
    assert.not.match(end.stdout, '\u001b')
  }
})

test('--json has the documented shape', async () => {
  using directory = tempDirectory({ 'good.ts': GOOD, 'broken.ts': 'export default {' })
  const { code, stdout } = await vivarium(['check', '--json'], { cwd: directory.path })
  assert.is(code, 1)
  const { ok, directory: shown, host, policy, scripts, refused, types, ...others } = JSON.parse(stdout)
  assert.equal([ok, shown, host, policy, refused, others], [false, '.', null, { file: null, problems: [], warnings: [] }, [], {}])
  assert.equal(Object.keys(types), ['status', 'problems', 'environment'])
  const [broken, good] = scripts
  assert.equal([broken.id, broken.status, broken.error.code, broken.error.location.line], ['broken', 'failed', 'SYNTAX_ERROR', 1])
  const fields = [
    'id',
    'name',
    'status',
    'handlers',
    'every',
    'schedules',
    'mode',
    'needs',
    'grant',
    'hash',
    'isolation',
    'runtime',
    'placement',
    'warnings',
    'denied',
  ]
  assert.equal(Object.keys(good), fields)
  directory.write('policy.yaml', 'version: 1\nscript: {}\n')
  const invalid = JSON.parse((await vivarium(['check', '--json'], { cwd: directory.path })).stdout)
  assert.equal([invalid.ok, invalid.scripts, invalid.policy.problems[0].location.line], [false, [], 2])
})

test('a script that policy denies in so many words is no problem; one that it says nothing of is', async () => {
  const needs = (binding: string): string => `export default { needs: { ${binding}: true }, on: { go: () => 1 } }`
  const policy = 'version: 1\nscripts:\n  a: { allow: { kv: false } }\n'
  using directory = tempDirectory({ 'a.ts': needs('kv'), 'policy.yaml': policy })
  const { path: cwd } = directory
  const refused = await vivarium(['check', '--no-types'], { cwd })
  assert.is(refused.code, 0, refused.stdout)
  assert.match(refused.stdout, '1 script: 0 ready, 1 denied as the policy says.')
  assert.equal(JSON.parse((await vivarium(['check', '--format', 'sarif', '--no-types'], { cwd })).stdout).runs[0].results, [])
  directory.write('b.ts', needs('kv'))
  directory.write('c.ts', needs('kvv'))
  const both = await vivarium(['check', '--no-types', '--json'], { cwd })
  assert.is(both.code, 1)
  assert.equal(JSON.parse(both.stdout).refused, ['a'])
})

test('an empty directory is told, and is no problem; a missing one is', async () => {
  using directory = tempDirectory()
  const empty = await vivarium(['check'], { cwd: directory.path })
  assert.is(empty.code, 0)
  assert.match(empty.stdout, 'There is no script in "."; "vivarium init" writes one to start from.')
  const missing = await vivarium(['check', '--dir', 'nope'], { cwd: directory.path })
  assert.is(missing.code, 3)
})

test.run()
