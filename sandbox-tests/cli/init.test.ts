// `vivarium init`: what it writes works at once, and it never overwrites by accident.
// timeout: 400s
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const FILES = [
  '.gitignore',
  '.vivarium/env.d.ts',
  'fixtures/hello.json',
  'hello.test.ts',
  'hello.ts',
  'policy.schema.json',
  'policy.yaml',
  'tsconfig.json',
]

test('check, test, run and explain pass in what init wrote', async () => {
  using directory = tempDirectory()
  const written = await vivarium(['init', 'mine'], { cwd: directory.path })
  assert.is(written.code, 0, written.stderr)
  const cwd = join(directory.path, 'mine')
  const checked = await vivarium(['check'], { cwd })
  assert.is(checked.code, 0, checked.stdout)
  assert.match(checked.stdout, 'hello: ready (on hello; needs kv)')
  const tested = await vivarium(['test'], { cwd })
  assert.is(tested.code, 0, tested.stdout)
  assert.match(tested.stdout, '2 passed')
  const run = await vivarium(['run', 'hello', '--data', 'fixtures/hello.json'], { cwd })
  assert.is(run.code, 0, run.stdout)
  assert.match(run.stdout, "value  { greeting: 'Hello, Ada!', times: 1 }")
  assert.is((await vivarium(['explain', 'hello'], { cwd })).code, 0)
  assert.is((await vivarium(['run', 'hello'], { cwd })).code, 0)
})

test('it says what it wrote, in the current directory by default', async () => {
  using directory = tempDirectory()
  const { stdout } = await vivarium(['init', '--json'], { cwd: directory.path })
  const { directory: where, written } = JSON.parse(stdout)
  assert.is(where, '.')
  assert.equal([...written].sort(), FILES)
  for (const path of FILES) assert.ok(readFileSync(join(directory.path, path), 'utf8').length > 0)
  assert.match(readFileSync(join(directory.path, '.gitignore'), 'utf8'), /^\.vivarium\/$/m)
})

test('what to try next is written as the command was called', async () => {
  using directory = tempDirectory({ 'below/x': '' })
  const { path } = directory
  assert.match((await vivarium(['init', 'a', '--yes'], { cwd: path, env: { npm_lifecycle_event: '' } })).stdout, '  vivarium check\n')
  assert.match(
    (await vivarium(['init', 'b', '--yes'], { cwd: path, env: { npm_lifecycle_event: 'npx' } })).stdout,
    '  npx vivarium check\n',
  )
  // As npm starts it: at the root, whatever directory the command was given in.
  const env = { ...process.env, npm_lifecycle_event: 'vivarium', INIT_CWD: join(path, 'below') }
  const { stdout } = spawnSync(process.execPath, ['cli/in-repository.ts', 'init', 'c', '--yes'], { cwd: ROOT, env, encoding: 'utf8' })
  assert.match(stdout, '  npm run vivarium -- check\n')
  assert.ok(readdirSync(join(path, 'below', 'c')).includes('hello.ts'))
})

test('a file that exists is not touched without --force, and nothing else is written', async () => {
  using directory = tempDirectory({ 'policy.yaml': 'mine' })
  const refused = await vivarium(['init'], { cwd: directory.path })
  assert.is(refused.code, 2)
  assert.match(refused.stderr, 'policy.yaml exists in "."; nothing was written.')
  assert.match(refused.stderr, 'With --force, init would overwrite policy.yaml and write hello.ts, hello.test.ts')
  assert.equal(readdirSync(directory.path), ['policy.yaml'])
  assert.is(readFileSync(join(directory.path, 'policy.yaml'), 'utf8'), 'mine')
  assert.is((await vivarium(['init', '--force'], { cwd: directory.path })).code, 0)
  assert.match(readFileSync(join(directory.path, 'policy.yaml'), 'utf8'), 'version: 1')
})

test('where nothing can be written, it says so', async () => {
  using directory = tempDirectory({ file: '', 'dir/hello.ts/x': '' })
  for (const [where, message] of [
    ['file', /cannot be written: E/],
    ['dir', /is a directory; a file is to be written there/],
  ] as const) {
    const { code, stderr } = await vivarium(['init', where], { cwd: directory.path })
    assert.is(code, 2)
    assert.match(stderr, message)
    assert.not.match(stderr, /^ +at /m)
  }
})

test('an editor understands the script where vivarium is installed', async () => {
  using directory = tempDirectory()
  await vivarium(['init'], { cwd: directory.path })
  mkdirSync(join(directory.path, 'node_modules'))
  symlinkSync(ROOT, join(directory.path, 'node_modules', 'vivarium'))
  const typeCheck = () =>
    spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: directory.path, encoding: 'utf8' })
  const { status, stdout } = typeCheck()
  assert.is(status, 0, stdout)
  directory.write('wrong.ts', `import { defineScript } from 'vivarium/script'\nexport default defineScript({ on: { go: 1 } })\n`)
  assert.match(typeCheck().stdout, 'wrong.ts(2,')
})

test('the schema that editors check the policy with knows the bindings and the limits', async () => {
  using directory = tempDirectory()
  await vivarium(['init'], { cwd: directory.path })
  const policy = readFileSync(join(directory.path, 'policy.yaml'), 'utf8')
  assert.match(policy, /^# yaml-language-server: \$schema=policy\.schema\.json\n/)
  const schema = JSON.parse(readFileSync(join(directory.path, 'policy.schema.json'), 'utf8'))
  const { allow, limits } = schema.properties.defaults.properties
  for (const name of ['http', 'kv', 'log']) assert.ok(name in allow.properties, name)
  assert.ok('cpu' in limits.properties)
})

test.run()
