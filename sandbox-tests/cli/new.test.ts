// `vivarium new`: every template passes check, its own test and a run; nothing is overwritten, and policy is written only where that was asked for.
// timeout: 900s
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { newScript } from '../../cli/new-script.ts'
import { fillTemplate, listTemplates } from '../../cli/script-templates.ts'
import { UsageError } from '../../cli/usage-error.ts'
import { readText } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const templates = await listTemplates()
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8')

test('every template passes check, its own test and a run, in one directory and on either runtime', async () => {
  using directory = tempDirectory()
  const cwd = directory.path
  await vivarium(['init'], { cwd })
  for (const { name } of templates) {
    const added = await vivarium(['new', name, `mine/${name}-2`, '--grant'], { cwd })
    assert.is(added.code, 0, added.stderr)
  }
  for (const runtime of ['quickjs', 'v8']) {
    directory.write(
      'policy.yaml',
      read(cwd, 'policy.yaml').replace(/^defaults:\n(?: {2}runtime: .*\n)?/m, `defaults:\n  runtime: ${runtime}\n`),
    )
    const checked = await vivarium(['check', '--json'], { cwd })
    assert.is(checked.code, 0, checked.stdout)
    const { scripts } = JSON.parse(checked.stdout)
    assert.is(scripts.length, templates.length + 1)
    for (const script of scripts) assert.equal([script.status, script.runtime, script.warnings], ['ready', runtime, []], script.id)
    const tested = await vivarium(['test'], { cwd })
    assert.is(tested.code, 0, tested.stdout)
    assert.match(tested.stdout, `in ${templates.length + 1} files`)
  }
  // One of them would leave the machine.
  for (const { event } of templates.filter(({ name }) => !['webhook', 'event'].includes(name))) {
    const run = await vivarium(['run', event, '--data', `fixtures/${event}.json`, '--json'], { cwd })
    const outcomes: { script: string; status: string }[] = JSON.parse(run.stdout).outcomes
    for (const { script, status } of outcomes) assert.is(status, script.includes('webhook') ? 'exception' : 'ok', script)
  }
})

test('init takes any of them first, and either runtime', async () => {
  using directory = tempDirectory()
  const cwd = directory.path
  const written = await vivarium(['init', 'mine', '--template', 'filter', '--runtime', 'v8', '--json'], { cwd })
  assert.equal(JSON.parse(written.stdout).script, 'discount')
  const policy = parse(read(cwd, 'mine', 'policy.yaml'))
  assert.equal([policy.defaults.runtime, policy.defaults.fallback, policy.scripts], ['v8', 'quickjs', undefined])
  assert.is((await vivarium(['check', '--dir', 'mine'], { cwd })).code, 0)
  assert.match((await vivarium(['init', 'other', '--template', 'filtre'], { cwd })).stderr, 'Did you mean "filter"?')
  assert.not.ok(existsSync(join(cwd, 'other')))
})

test('a script may handle another event, under another name', async () => {
  using directory = tempDirectory()
  const cwd = directory.path
  await vivarium(['new', 'event', 'deep/down/size.ts', '--event', 'order-placed'], { cwd })
  assert.equal(readdirSync(join(cwd, 'fixtures')), ['order-placed.json'])
  assert.is((await vivarium(['test'], { cwd })).code, 0)
  assert.match((await vivarium(['check'], { cwd })).stdout, 'deep/down/size: ready (on order-placed)')
})

test('the policy gets the grant only with --grant, keeps its comments, and the lines are told otherwise', async () => {
  using directory = tempDirectory({ 'policy.yaml': '# of the admin\nversion: 1\nscripts:\n  a: # the first\n    limits: { cpu: 20ms }\n' })
  const cwd = directory.path
  const policy = (): string => read(cwd, 'policy.yaml')
  const before = policy()
  for (const args of [[], ['--no-grant'], ['--json']]) {
    const { code, stdout } = await vivarium(['new', 'counter', 'views', '--force', ...args], { cwd })
    assert.is(code, 0)
    assert.match(stdout, 'kv: { bytes: 256KiB, keys: 1000 }')
    assert.is(policy(), before)
  }
  assert.is((await vivarium(['check'], { cwd })).code, 1)
  const granted = await vivarium(['new', 'counter', 'views', '--force', '--grant'], { cwd })
  assert.not.match(granted.stdout, 'denied')
  assert.match(granted.stdout, 'Added to policy.yaml what it needs.')
  assert.match(policy(), /^# of the admin\nversion: 1\n/)
  assert.match(policy(), '# the first')
  assert.equal(parse(policy()).scripts, { a: { limits: { cpu: '20ms' } }, views: { allow: { kv: { bytes: '256KiB', keys: 1000 } } } })
  assert.is((await vivarium(['check'], { cwd })).code, 0)
  const again = await vivarium(['new', 'counter', 'views', '--force', '--json'], { cwd })
  assert.is(JSON.parse(again.stdout).missing, null)
})

test('without a policy one is written, and one that cannot be added to is left alone', async () => {
  using directory = tempDirectory()
  const cwd = directory.path
  assert.is((await vivarium(['new', 'counter', '--grant'], { cwd })).code, 0)
  assert.equal(parse(read(cwd, 'policy.yaml')).version, 1)
  assert.is((await vivarium(['check'], { cwd })).code, 0)
  directory.write('policy.yaml', 'version: 1\nscripts: [\n')
  const { code, stdout } = await vivarium(['new', 'counter', 'other', '--grant'], { cwd })
  assert.is(code, 0)
  assert.match(stdout, 'until policy.yaml has')
  assert.is(read(cwd, 'policy.yaml'), 'version: 1\nscripts: [\n')
})

test('what exists is not touched without --force; an example event that is there stays', async () => {
  using directory = tempDirectory({ 'order-size.ts': 'mine', 'fixtures/order.created.json': '{}' })
  const cwd = directory.path
  const refused = await vivarium(['new', 'event'], { cwd })
  assert.is(refused.code, 2)
  assert.match(refused.stderr, 'order-size.ts exists in "."; nothing was written.')
  assert.equal(readdirSync(cwd).sort(), ['fixtures', 'order-size.ts'])
  const other = await vivarium(['new', 'event', 'other'], { cwd })
  assert.match(other.stdout, 'Left fixtures/order.created.json as it is.')
  assert.is(read(cwd, 'fixtures', 'order.created.json'), '{}')
  mkdirSync(join(cwd, 'folder'))
  directory.write('folder/index.ts', 'export default () => 1')
  assert.is((await vivarium(['new', 'event', 'folder'], { cwd })).code, 2)
  assert.is((await vivarium(['new', 'event', '--force'], { cwd })).code, 0)
  assert.match(read(cwd, 'order-size.ts'), 'defineScript')
})

test('with --force an example event is written anew only where it was made for this script alone', async () => {
  using directory = tempDirectory({ 'a.ts': '', 'fixtures/order.created.json': '1' })
  const cwd = directory.path
  const add = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await vivarium(['new', 'event', script, '--force'], { cwd })
    assert.is(code, 0, stderr)
    return stdout
  }
  const fixture = (): string => read(cwd, 'fixtures', 'order.created.json')
  assert.match(await add('b'), 'Left fixtures/order.created.json as it is: it was not made for this script alone.')
  assert.is(fixture(), '1')
  assert.not.match(await add('b'), 'Left')
  assert.match(fixture(), '"total": 900')
  directory.write('fixtures/order.created.json', '1')
  await vivarium(['new', 'event', 'c'], { cwd })
  assert.match(await add('b'), 'Left')
  assert.is(fixture(), '1')
})

test('what to try next can be copied into a shell, whatever the directory is called', async () => {
  using directory = tempDirectory()
  const cwd = directory.path
  assert.match((await vivarium(['init', 'my scripts', '--yes'], { cwd })).stdout, "  cd 'my scripts'\n")
  const { stdout } = await vivarium(['new', 'event', 'it s', '--dir', "a'b $c"], { cwd })
  assert.match(stdout, "test 'it s' --dir 'a'\\''b $c'\n")
  assert.match(stdout, "--data 'a'\\''b $c/fixtures/order.created.json' --dir")
})

test('a script gets the id that it is granted for, however its file is called', async () => {
  using directory = tempDirectory({ 'policy.yaml': 'version: 1\n' })
  const cwd = directory.path
  const { code, stdout } = await vivarium(['new', 'counter', 'stock/index', '--grant', '--json'], { cwd })
  assert.is(code, 0)
  assert.equal([JSON.parse(stdout).script, Object.keys(parse(read(cwd, 'policy.yaml')).scripts)], ['stock', ['stock']])
  assert.is((await vivarium(['check', '--no-types'], { cwd })).code, 0)
})

test('what would clash with another script, or be part of one, is refused before anything is written', async () => {
  using directory = tempDirectory({
    'stock.js': 'a',
    'shop/index.js': 'b',
    'reports/index.ts': 'c',
    'x.ts': 'd',
    'x/index.ts': 'e',
    'y.test.ts': 'f',
  })
  const cwd = directory.path
  const before = readdirSync(cwd, { recursive: true }).sort()
  const rows: readonly (readonly [script: string, message: RegExp])[] = [
    ['stock', /"stock" is there already: stock\.js; nothing was written/],
    ['shop', /"shop" is there already: shop\/index\.js; nothing was written/],
    ['shop/index', /"shop" is there already: shop\/index\.js; nothing was written/],
    [
      'reports/weekly',
      /reports\/weekly\.ts would be no script: everything beside reports\/index\.ts belongs to the script "reports"; nothing was written/,
    ],
    ['reports/deep/down', /would be no script/],
    ['x', /"x" is there already/],
  ]
  for (const [script, message] of rows) {
    for (const options of [{}, { force: true }] as const) {
      if (script === 'x' && 'force' in options) continue
      const error = await refusalOf(newScript('hello', script, { dir: cwd, grant: false, ...options }))
      assert.instance(error, UsageError, script)
      assert.match((error as UsageError).message, message)
    }
  }
  assert.equal(readdirSync(cwd, { recursive: true }).sort(), before)
})

test('names that cannot be scripts or events are refused, wherever they lead', async () => {
  using directory = tempDirectory({ 'scripts/x': '' })
  const dir = join(directory.path, 'scripts')
  const names = ['../up', '/tmp/abs', 'a/../../b', 'lib/x', 'fixtures/x', '.hidden', 'a.test', 'a.d', '', 'a/', '-x', 'a\u001b[2J', 'a\\b']
  for (const name of names) assert.instance(await refusalOf(newScript('event', name, { dir })), UsageError, name)
  for (const event of ['../up', 'a/b', '.x', '', "it's"])
    assert.instance(await refusalOf(newScript('event', 'fine', { dir, event })), UsageError, event)
  assert.equal(readdirSync(directory.path), ['scripts'])
  assert.equal(readdirSync(dir), ['x'])
  const { code, stderr } = await vivarium(['new', 'event', 'a\u001b[2J'], { cwd: directory.path })
  assert.is(code, 2)
  assert.not.match(stderr, '\u001b')
})

async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

test('without a template it lists them; a misspelt one is answered with the nearest', async () => {
  using directory = tempDirectory()
  const { code, stdout } = await vivarium(['new'], { cwd: directory.path })
  assert.is(code, 0)
  for (const { name, description } of templates) assert.match(stdout, new RegExp(`${name} +${description}`))
  assert.equal(JSON.parse((await vivarium(['new', '--json'], { cwd: directory.path })).stdout).templates.length, templates.length)
  assert.match((await vivarium(['new', 'countre'], { cwd: directory.path })).stderr, 'Did you mean "counter"?')
  assert.not.ok(existsSync(join(directory.path, 'fixtures')))
})

test('docs/cli.md lists the templates', async () => {
  for (const { name, description } of templates) assert.match(readText('docs/cli.md'), `| \`${name}\` | ${description} |`)
})

test('a name with a quote or a backslash stays a text in the script', async () => {
  const [first] = templates
  const [, text = ''] = (await fillTemplate(first as (typeof templates)[number], 'x', { name: "it's\\" })).script
  assert.match(text, `'it\\'s\\\\'`)
})

test.run()
