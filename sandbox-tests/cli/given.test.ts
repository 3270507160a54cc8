// What scripts are given at the command line: folders, secrets, and stand-ins for what policy names and nobody gave.
// timeout: 600s
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const WRITES = `export default { needs: { files: { reports: 'write' } }, on: { write: async (_, ctx) => {
  await ctx.files.append('reports/a.txt', 'line\\n')
  return (await ctx.files.readText('reports/a.txt')).length
} } }`
const SIGNS = `export default { needs: { secrets: ['KEY'], crypto: true }, on: { sign: (_, ctx) => ctx.crypto.hmac('sha-256', '{{secret:KEY}}', 'text') } }`
const TELLS = `export default { needs: { secrets: ['OPEN'] }, on: { tell: async (_, ctx) => { const value = await ctx.secrets.get('OPEN'); ctx.log.info('it is ' + value); return value.length } } }`
const ASKS = `export default { needs: { events: ['further'] }, on: { first: (_, ctx) => ctx.events.emit('further', { n: 1 }) } }`
const ACTS = `export default { on: { further: async ({ n }, ctx) => { await new Promise((r) => setTimeout(r, 50)); return n + 1 } } }`
const POLICY = `version: 1
scripts:
  writes: { allow: { files: { reports: write } } }
  signs: { allow: { secrets: { KEY: use }, crypto: true } }
  tells: { allow: { secrets: { OPEN: read } } }
  asks: { allow: { events: true } }
`
const FILES = { 'writes.ts': WRITES, 'signs.ts': SIGNS, 'tells.ts': TELLS, 'asks.ts': ASKS, 'acts.ts': ACTS, 'policy.yaml': POLICY }
const SECRETS = "KEY='the key'\nOPEN=sesame-open\n"

test('--files names a folder: what scripts write stays there', async () => {
  using directory = tempDirectory({ ...FILES, 'out/keep.txt': '' })
  for (const [value] of [[5], [10]]) {
    const { code, stdout, stderr } = await vivarium(['run', 'write', '--files', 'reports=out', '--json'], { cwd: directory.path })
    assert.is(code, 0, stderr)
    assert.is(JSON.parse(stdout).outcomes[0].value, value)
    assert.is(stderr, '')
  }
  assert.is(readFileSync(join(directory.path, 'out/a.txt'), 'utf8'), 'line\nline\n')
})

test('without --files there is an empty folder, which is gone at the end and told of', async () => {
  using directory = tempDirectory(FILES)
  const before = new Set(readdirSync(tmpdir()))
  const { code, stdout, stderr } = await vivarium(['run', 'write'], { cwd: directory.path })
  assert.is(code, 0, stderr)
  assert.match(stdout, '  value  5\n')
  assert.is(stderr, 'ctx.files had an empty folder for "reports", which is gone at the end; --files reports=DIR names one.\n')
  assert.equal(
    readdirSync(tmpdir()).filter((name) => name.startsWith('vivarium-files') && !before.has(name)),
    [],
  )
})

test('a folder that policy grants to nobody is told of, with the one that may be meant', async () => {
  using directory = tempDirectory({ ...FILES, 'out/keep.txt': '' })
  const run = async (...args: string[]) => await vivarium(['run', 'write', ...args], { cwd: directory.path })
  const { code, stderr } = await run('--files', 'report=out', '--files', 'reports=out')
  assert.is(code, 0, stderr)
  assert.is(stderr, 'The policy grants the folder "report" of --files to no script. Did you mean "reports"?\n')
  directory.write('policy.yaml', 'version: 1\ndefaults: { allow: { files: true } }\n')
  const all = await run('--files', 'reports=out', '--files', 'other=out')
  assert.match(all.stderr, /^writes: warning: "writes" asks for files: writing below "reports", which the policy does not grant;[^\n]*\n$/)
})

test('--secret takes a value from the environment, --secrets from a file; logs never show it', async () => {
  using directory = tempDirectory({ ...FILES, 'own.env': SECRETS })
  const { path: cwd } = directory
  const byFile = await vivarium(['run', 'sign', '--secrets', 'own.env', '--json'], { cwd })
  const byEnvironment = await vivarium(['run', 'sign', '--secret', 'KEY', '--json'], { cwd, env: { KEY: 'the key' } })
  assert.is(byFile.code, 0, byFile.stderr)
  assert.match(JSON.parse(byFile.stdout).outcomes[0].value, /^[\da-f]{64}$/)
  assert.is(JSON.parse(byEnvironment.stdout).outcomes[0].value, JSON.parse(byFile.stdout).outcomes[0].value)
  const told = await vivarium(['run', 'tell', '--secrets', 'own.env'], { cwd })
  assert.match(told.stdout, 'it is [secret OPEN]')
  assert.match(told.stdout, '  value  11\n')
  assert.not.match(told.stdout + told.stderr, 'sesame-open')
})

test('a secret without a value is an error of the call, and told of', async () => {
  using directory = tempDirectory(FILES)
  const { code, stdout, stderr } = await vivarium(['run', 'sign'], { cwd: directory.path })
  assert.is(code, 1)
  assert.match(stdout, 'The host has no value for the secret "KEY".')
  assert.match(stderr, 'The secret "KEY" had no value; --secret KEY takes it from the environment.')
})

test('check, explain and test need none of it', async () => {
  const TEST = `import { expect, run, test } from 'vivarium/test'
test('signs', async () => expect((await run('./signs', 'sign', {}, { ctx: { crypto: { hmac: 'signature' } } })).value).toBe('signature'))`
  using directory = tempDirectory({ ...FILES, 'signs.test.ts': TEST })
  const { path: cwd } = directory
  const check = await vivarium(['check', '--no-types'], { cwd })
  assert.is(check.code, 0, check.stdout)
  const explained = await vivarium(['explain', 'writes'], { cwd })
  assert.match(explained.stdout, "granted  files: { reports: { access: 'write', bytes: 10485760, entries: 1000, fileBytes: 1048576 } }")
  const tested = await vivarium(['test'], { cwd })
  assert.is(tested.code, 0, tested.stdout + tested.stderr)
})

test('a policy that grants every folder, or speaks of none, is read as well', async () => {
  for (const allow of ['{ files: true }', '{ kv: true }', '{ files: [a, b], secrets: [ONE, TWO] }']) {
    using directory = tempDirectory({
      'a.ts': 'export default { on: { go: () => 1 } }',
      'policy.yaml': `version: 1\ndefaults: { allow: ${allow} }\n`,
    })
    const { code, stdout, stderr } = await vivarium(['run', 'go'], { cwd: directory.path })
    assert.is(code, 0, `${allow}: ${stdout}${stderr}`)
  }
})

test('new adds a grant to a policy that names folders and secrets', async () => {
  using directory = tempDirectory(FILES)
  const { path: cwd } = directory
  const { code, stdout } = await vivarium(['new', 'counter', '--grant'], { cwd })
  assert.is(code, 0)
  assert.not.match(stdout, 'denied')
  const policy = readFileSync(join(cwd, 'policy.yaml'), 'utf8')
  assert.match(policy, /reports: write/)
  assert.match(policy, /kv: \{ bytes: 256KiB/, policy)
})

test('what was given wrongly is an error, and shows no value', async () => {
  using directory = tempDirectory({ ...FILES, 'short.env': 'KEY=ab\n', 'odd.env': '1KEY=something\n' })
  const cases: readonly (readonly [args: readonly string[], stderr: string])[] = [
    [['--files', 'reports'], '--files takes NAME=DIR, such as data=./data, not "reports".'],
    [['--files', '../x=y'], '--files takes NAME=DIR'],
    [['--secret', 'VIVARIUM_NO_SUCH_VARIABLE'], 'There is no environment variable "VIVARIUM_NO_SUCH_VARIABLE"'],
    [['--secrets', 'nope.env'], 'The file of secrets "nope.env" cannot be read: ENOENT.'],
    [['--secrets', 'short.env'], 'The secret "KEY" is shorter than 3 characters'],
    [['--secrets', 'odd.env'], '"1KEY" cannot be the name of a secret.'],
  ]
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await vivarium(['run', 'sign', ...args], { cwd: directory.path })
    assert.equal([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, expected)
    assert.not.match(stderr, 'something')
  }
  const { code, stderr } = await vivarium(['run', 'write', '--files', 'reports=policy.yaml'], { cwd: directory.path })
  assert.is(code, 3)
  assert.match(stderr, 'is no directory')
})

test('a host module that makes bindings is told of folders and secrets', async () => {
  const bindings = join(import.meta.dirname, '../../bindings/index.ts')
  const HOST = `import { standardBindings } from ${JSON.stringify(bindings)}\nexport const bindings = (given) => standardBindings(given)\n`
  const project = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`scripts/${path}`, text]))
  using directory = tempDirectory({ ...project, 'vivarium.config.ts': HOST, 'package.json': '{ "type": "module" }', 'own.env': SECRETS })
  const { code, stdout, stderr } = await vivarium(['run', 'sign', '--secrets', 'own.env'], { cwd: directory.path })
  assert.is(code, 0, stdout + stderr)
})

test('run waits for what scripts set off, and shows it', async () => {
  using directory = tempDirectory(FILES)
  const { path: cwd } = directory
  const { code, stdout } = await vivarium(['run', 'first'], { cwd })
  assert.is(code, 0)
  assert.match(stdout, /^asks on first: ok\n {2}value {2}1\n[\s\S]*\nacts on further: ok\n {2}value {2}2\n/)
  const lines = (await vivarium(['run', 'first', '--json'], { cwd, input: '{}\n{}\n' })).stdout.trim().split('\n')
  const outcomes = lines.flatMap((line) => JSON.parse(line).outcomes)
  assert.is(outcomes.filter(({ script, status }) => script === 'acts' && status === 'ok').length, 2)
  const emitters = outcomes.filter(({ script }) => script === 'asks').map(({ runId }) => runId)
  assert.equal(
    outcomes
      .filter(({ script }) => script === 'acts')
      .map(({ causedBy }) => causedBy)
      .sort(),
    emitters.sort(),
  )
})

test.run()
