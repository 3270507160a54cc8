// `vivarium check`: types, in each format, once and again and again.
// timeout: 600s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'
import { startVivarium, vivarium } from './vivarium.ts'

const FILES = {
  'good.ts': `import { defineScript } from 'vivarium/script'\nimport { double } from './lib/numbers.ts'\nexport default defineScript({ on: { go: () => double(2) } })\n`,
  'lib/numbers.ts': 'export const double = (n: number) => n * 2\n',
  'good.test.ts': `import { expect, run, test } from 'vivarium/test'\ntest('x', async () => expect((await run('./good.ts', 'go', {})).status).toBe('ok'))\n`,
}
const BAD = `import { defineScript } from 'vivarium/script'\nexport default defineScript({\n  on: { go: (_event, ctx) => ctx.kv.get('x') },\n})\n`
const POLICY = { 'policy.yaml': 'version: 1\ndefaults: { allow: { kv: true } }\n' }

test('types that fit are not worth a word; those that do not are shown with frame and hint, and the exit code is 1', async () => {
  using directory = tempDirectory({ ...FILES, ...POLICY })
  const fine = await vivarium(['check'], { cwd: directory.path })
  assert.is(fine.code, 0, fine.stdout)
  assert.match(fine.stdout, /policy\.yaml: ok\n1 script: 1 ready\.\n$/)
  directory.write('bad.ts', BAD)
  directory.write('lib/broken.ts', `export const n: number = 'x'\n`)
  const { code, stdout } = await vivarium(['check'], { cwd: directory.path })
  assert.is(code, 1)
  assert.match(
    stdout,
    `bad.ts:3:37: type error Property 'get' does not exist on type 'NotInNeeds<"write needs: { kv: true }">'. (TS2339)\n`,
  )
  assert.match(stdout, '  > 3 |   on: { go: (_event, ctx) => ctx.kv.get')
  assert.match(stdout, `lib/broken.ts:1:14: type error Type 'string' is not assignable to type 'number'. (TS2322)`)
  directory.write('bad.test.ts', `import { run } from 'vivarium/test'\nexport default (await run('./good.ts', 'go', {})).statsu\n`)
  const withTest = await vivarium(['check'], { cwd: directory.path })
  assert.match(withTest.stdout, `bad.test.ts:2:51: type error Property 'statsu' does not exist on type 'RunResult'. Did you mean 'status'?`)
  assert.match(stdout, '2 scripts: 2 ready, 2 type errors.')
  const without = await vivarium(['check', '--no-types'], { cwd: directory.path })
  assert.is(without.code, 0)
  assert.match(without.stdout, '2 scripts: 2 ready. Types were not checked.')
})

test('where the policy enforces, a script is refused and told once', async () => {
  using directory = tempDirectory({ 'bad.ts': BAD, 'policy.yaml': 'version: 1\ndefaults: { typeCheck: enforce, allow: { kv: true } }\n' })
  const { code, stdout } = await vivarium(['check'], { cwd: directory.path })
  assert.is(code, 1)
  assert.match(stdout, /^bad: failed at bad\.ts:3:37\n/)
  assert.is(stdout.split(`Property 'get' does not exist`).length, 2, stdout)
  assert.match(stdout, '1 script: 0 ready, 1 failed.')
})

test('--json has the problems with all four numbers of their places', async () => {
  using directory = tempDirectory({ 'bad.ts': BAD, ...POLICY })
  const { code, stdout } = await vivarium(['check', '--json'], { cwd: directory.path })
  assert.is(code, 1)
  const { ok, types, host } = JSON.parse(stdout)
  assert.is(ok, false)
  assert.is(host, null)
  assert.is(types.status, 'problems')
  const [{ message, frame, ...problem }] = types.problems
  assert.equal(problem, { file: 'bad.ts', line: 3, column: 37, endLine: 3, endColumn: 40, code: 'TS2339' })
  assert.match(message, 'NotInNeeds')
  assert.match(frame, '> 3 |')
  assert.equal(types.environment.isStale, false)
})

test('--format sarif names tool, rules and places that code review finds', async () => {
  using directory = tempDirectory({
    'my scripts/bad.ts': BAD,
    'my scripts/syntax.ts': 'export default {',
    'my scripts/needy.ts': `export default { needs: { mail: true }, on: { go: () => 1 } }`,
    'my scripts/policy.yaml': 'version: 1\nscripts: { nobody: { allow: { kv: true } } }\n',
  })
  const { code, stdout } = await vivarium(['check', '--dir', 'my scripts', '--format', 'sarif'], { cwd: directory.path })
  assert.is(code, 1)
  const log = JSON.parse(stdout)
  assert.is(log.version, '2.1.0')
  const [run] = log.runs
  assert.is(run.tool.driver.name, 'vivarium')
  const rules = run.tool.driver.rules.map(({ id }: { id: string }) => id)
  for (const rule of ['TS2339', 'SYNTAX_ERROR', 'PERMISSION_DENIED', 'POLICY_WARNING']) assert.ok(rules.includes(rule), rules.join())
  for (const result of run.results) {
    assert.ok(rules.includes(result.ruleId))
    assert.ok(['error', 'warning'].includes(result.level))
    assert.ok(result.message.text.length > 0)
  }
  const place = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'TS2339').locations[0].physicalLocation
  assert.equal(place, {
    artifactLocation: { uri: 'my%20scripts/bad.ts' },
    region: { startLine: 3, startColumn: 37, endLine: 3, endColumn: 40 },
  })
})

test('--format sarif: each result has a place, of a script that is denied or doubtful its own file', async () => {
  using directory = tempDirectory({
    'scripts/needy.ts': `export default {\n  on: { go: () => 1 },\n  needs: {\n    mail: true,\n  },\n}`,
    'scripts/timed/index.ts': `export default {\n  every: { '5m': () => 1 },\n}`,
    'scripts/part.ts': `export default { needs: { kv: { keys: 10 } }, on: { go: () => 1 } }`,
    'scripts/nothing.js': 'export const x = 1\n',
    'scripts/policy.yaml':
      'version: 1\nscripts:\n  part: { allow: { kv: { keys: 1 } } }\n  timed: { allow: { schedule: false } }\n  nobody: {}\n',
  })
  const { stdout } = await vivarium(['check', '--format', 'sarif', '--no-types'], { cwd: directory.path })
  const [{ results }] = JSON.parse(stdout).runs
  const placeOf = (rule: string): unknown[] =>
    results
      .filter(({ ruleId }: { ruleId: string }) => ruleId === rule)
      .map(({ locations: [{ physicalLocation: place }] }: { locations: [{ physicalLocation: object }] }) => place)
  const inFile = (uri: string, startLine: number, startColumn?: number): object => ({
    artifactLocation: { uri: `scripts/${uri}` },
    region: { startLine, ...(startColumn !== undefined && { startColumn }) },
  })
  assert.equal(placeOf('PERMISSION_DENIED'), [inFile('needy.ts', 4, 5)])
  assert.equal(placeOf('SCRIPT_WARNING'), [inFile('part.ts', 1)])
  assert.equal(placeOf('MANIFEST_MISSING'), [inFile('nothing.js', 1, 1)])
  assert.equal(placeOf('POLICY_WARNING'), [{ artifactLocation: { uri: 'scripts/policy.yaml' } }])
  directory.write(
    'scripts/policy.yaml',
    'version: 1\ndefaults: { allow: { schedule: false } }\nscripts:\n  part: { allow: { kv: true } }\n',
  )
  directory.write('scripts/both.ts', `export default {\n  needs: { kv: true },\n  every: { '5m': () => 1 },\n}`)
  const more = JSON.parse((await vivarium(['check', '--format', 'sarif', '--no-types'], { cwd: directory.path })).stdout)
  for (const { locations } of more.runs[0].results) assert.is(locations.length, 1)
  assert.match(JSON.stringify(more), '"uri":"scripts/both.ts"},"region":{"startLine":2,"startColumn":12}')
})

test('--watch looks again when a script, something shared or the policy changes, and ends with Ctrl+C', async () => {
  using directory = tempDirectory({ ...FILES, ...POLICY })
  const { child, end } = startVivarium(['check', '--watch', '--json'], { cwd: directory.path })
  child.stdin.end()
  let text = ''
  child.stdout.on('data', (chunk: string) => {
    text += chunk
  })
  const look = async (
    isIt: (findings: { ok: boolean; types: { problems: unknown[] }; policy: { problems: unknown[] } }) => boolean,
  ): Promise<void> => {
    for (const deadline = Date.now() + 90_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const last = text.trimEnd().split('\n').at(-1) ?? ''
      if (last !== '' && text.endsWith('\n') && isIt(JSON.parse(last))) return
      if (Date.now() > deadline) assert.unreachable(`no such findings in ${text}`)
    }
  }
  await look(({ ok }) => ok)
  directory.write('bad.ts', BAD)
  await look(({ ok, types }) => !ok && types.problems.length === 1)
  directory.write('lib/numbers.ts', `export const double = (n: string) => n + n\n`)
  await look(({ types }) => types.problems.length === 2)
  directory.write('policy.yaml', 'version: 2\n')
  await look(({ policy }) => policy.problems.length === 1)
  directory.write('policy.yaml', 'version: 1\n')
  directory.write('bad.ts', 'export default () => 1')
  directory.write('lib/numbers.ts', FILES['lib/numbers.ts'])
  await look(({ ok }) => ok)
  child.kill('SIGINT')
  assert.is((await end).code, 130)
})

test('--watch and SARIF do not go together', async () => {
  using directory = tempDirectory(FILES)
  const { code, stderr } = await vivarium(['check', '--watch', '--format', 'sarif'], { cwd: directory.path })
  assert.is(code, 2)
  assert.match(stderr, '--watch')
})

test('what a hostile source says in its types cannot drive the terminal', async () => {
  using directory = tempDirectory({
    'a.ts': `export default () => 1\nexport const n: number = '\\u001b[2J' as '\u001b[2J\u202e'\n`,
  })
  const { stdout } = await vivarium(['check'], { cwd: directory.path })
  assert.match(stdout, 'type error')
  for (const character of ['\u001b', '\u202e']) assert.not.ok(stdout.includes(character))
})

test.run()
