// `vivarium run`: what it prints and how it ends, for one event and for what is wrong.
// timeout: 600s
import { symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const ECHO = `export default { on: { go: (event, ctx) => { ctx.log.info('got it', { event }); return { got: event } } } }`
const THROWS = `export default { on: {\n  go() {\n    throw new TypeError('no such thing')\n  },\n} }`
const COUNTS = `export default { needs: { kv: true }, on: { go: async (_, ctx) => await ctx.kv.increment('n') } }`
const GRANTS_KV = 'version: 1\ndefaults:\n  allow: { kv: true }\n'

test('an outcome is shown with its value, its logs and what it used', async () => {
  using directory = tempDirectory({ 'echo.ts': ECHO, 'data.json': '{\n  "n": 1\n}\n' })
  const { code, stdout, stderr } = await vivarium(['run', 'go', '--data', 'data.json'], { cwd: directory.path })
  assert.is(code, 0, stderr)
  assert.match(
    stdout,
    /^echo on go: ok\n {2}value {2}\{ got: \{ n: 1 \} \}\n {2}info {3}got it \{ event: \{ n: 1 \} \}\n {2}used {3}[\d.]+ ms, /,
  )
  assert.is(stderr, '')
})

test('a failing script is shown with its place and a code frame, and makes the exit code 1', async () => {
  using directory = tempDirectory({ 'throws.ts': THROWS, 'echo.ts': ECHO })
  const { code, stdout } = await vivarium(['run', 'go'], { cwd: directory.path })
  assert.is(code, 1)
  assert.match(stdout, /throws on go: exception at throws\.ts:3:\d+\n/)
  assert.match(stdout, 'TypeError: no such thing')
  assert.match(stdout, /> 3 \| {5}throw new TypeError/)
  assert.match(stdout, 'echo on go: ok')
})

test('--json prints one object with the event and its outcomes', async () => {
  using directory = tempDirectory({ 'throws.ts': THROWS, 'echo.ts': ECHO })
  const { code, stdout } = await vivarium(['run', 'go', '--json'], { cwd: directory.path, input: '[1]' })
  assert.is(code, 1)
  assert.is(stdout.trimEnd().split('\n').length, 1)
  const { event, outcomes, ...others } = JSON.parse(stdout)
  assert.is(event, 'go')
  assert.equal(others, {})
  const [echo, throws] = outcomes
  assert.equal([echo.script, echo.status, echo.value], ['echo', 'ok', { got: [1] }])
  assert.equal(echo.logs, [{ level: 'info', message: 'got it', data: { event: [1] } }])
  assert.equal(Object.keys(echo.usage), ['cpuMs', 'wallMs', 'memoryBytes', 'hostCalls', 'logBytes', 'outputBytes'])
  assert.equal(
    [throws.status, throws.error.code, throws.error.location.file, throws.error.location.line],
    ['exception', 'EXCEPTION', 'throws.ts', 3],
  )
})

test('what the scripts that run are warned of is told on standard error, and nothing of others', async () => {
  const mistyped = (event: string): string => `const n: number = 'x'\nexport default { on: { ${event}: () => n } }`
  using directory = tempDirectory({
    'a.ts': mistyped('go'),
    'b.ts': mistyped('other'),
    'c.ts': `export default { needs: { kv: true }, every: { '5m': () => 1 }, on: { '*': () => 2 } }`,
    'policy.yaml': 'version: 1\ndefaults: { typeCheck: warn }\nscripts: { c: { typeCheck: off, allow: { kv: true } } }\n',
  })
  const warned = /^a: warning: a\.ts:1:7: Type 'string' is not assignable to type 'number'\. \(TS2322\)$/m
  const plain = await vivarium(['run', 'go'], { cwd: directory.path })
  assert.is(plain.code, 0, 'a warning is no failure')
  assert.match(plain.stdout, 'a on go: ok')
  assert.match(plain.stderr, warned)
  assert.not.match(plain.stderr, /^[bc]:/m)
  const json = await vivarium(['run', 'go', '--json'], { cwd: directory.path, input: '1\n2\n3' })
  assert.is(json.stdout.trimEnd().split('\n').length, 3)
  assert.is(json.stderr.match(new RegExp(warned, 'gm'))?.length, 1, 'once, however many payloads there are')
  assert.not.match((await vivarium(['run', 'every 5m'], { cwd: directory.path })).stderr, 'warning')
})

test('without data, and with an input that ends without a byte, the payload is an empty object', async () => {
  using directory = tempDirectory({ 'echo.ts': ECHO })
  const { stdout } = await vivarium(['run', 'go', '--json'], { cwd: directory.path })
  assert.equal(JSON.parse(stdout).outcomes[0].value, { got: {} })
})

test('a schedule is run out of turn by the name of its event, with a tick of this moment where no payload is given', async () => {
  using directory = tempDirectory({
    'report.ts': `export default { every: { '5m': (tick, ctx) => ({ event: ctx.event, tick }), '0 8 * * 1-5': (tick) => tick.missed } }`,
    'all.ts': `export default (event) => 'other'`,
  })
  const run = async (event: string, input = '') => await vivarium(['run', event, '--json'], { cwd: directory.path, input })
  const before = Date.now()
  const { code, stdout, stderr } = await run('every 5m')
  assert.is(code, 0, stderr)
  const { outcomes } = JSON.parse(stdout)
  assert.equal(
    outcomes.map(({ script, event }: { script: string; event: string }) => [script, event]),
    [['report', 'every 5m']],
  )
  const { event, tick } = outcomes[0].value
  assert.equal([event, tick.missed, tick.scheduled], ['every 5m', 0, tick.at])
  assert.ok(tick.at >= before && tick.at <= Date.now(), stdout)
  const given = await run('every 0 8 * * 1-5', '{ "scheduled": 1, "at": 2, "missed": 3 }')
  assert.is(JSON.parse(given.stdout).outcomes[0].value, 3)
})

test('with an unknown schedule, the nearest one is named', async () => {
  using directory = tempDirectory({ 'report.ts': `export default { on: { go: () => 1, '*': () => 2 }, every: { '5m': () => 1 } }` })
  const cases: readonly (readonly [event: string, expected: RegExp])[] = [
    ['every 6m', /handles the event "every 6m"\.\nDid you mean "every 5m"\? They handle \*, every 5m, go\./],
    ['every 2 days', /handles the event "every 2 days"\.\nThey handle /],
  ]
  for (const [event, expected] of cases) {
    const { code, stderr } = await vivarium(['run', event], { cwd: directory.path })
    assert.is(code, 2)
    assert.match(stderr, expected)
  }
  directory.write('report.ts', `export default { every: { '5m': () => 1 } }`)
  const { stderr } = await vivarium(['run', '5m'], { cwd: directory.path })
  assert.match(stderr, /handles the event "5m"\.\nDid you mean "every 5m"\?/)
})

test('with --data -, an input without a byte means no event', async () => {
  using directory = tempDirectory({ 'echo.ts': ECHO })
  assert.equal(await vivarium(['run', 'go', '--json', '--data', '-'], { cwd: directory.path }), {
    code: 0,
    stdout: '',
    stderr: 'There was no payload: nothing ran.\n',
  })
})

test('./scripts is where scripts are looked for first', async () => {
  using directory = tempDirectory({ 'scripts/echo.ts': ECHO, 'other.ts': THROWS })
  const { code, stdout } = await vivarium(['run', 'go'], { cwd: directory.path })
  assert.is(code, 0)
  assert.not.match(stdout, 'other')
})

test('kv lasts as long as the command, and says so; with --kv it is kept', async () => {
  using directory = tempDirectory({ 'counts.js': COUNTS, 'policy.yaml': GRANTS_KV })
  const run = async (...flags: string[]) => await vivarium(['run', 'go', ...flags], { cwd: directory.path })
  for (let i = 0; i < 2; i++) {
    const { stdout, stderr } = await run()
    assert.match(stdout, '  value  1\n')
    assert.match(stderr, 'ctx.kv was kept in memory and is gone now; --kv FILE keeps it.')
  }
  for (let i = 1; i <= 2; i++) {
    const { stdout, stderr } = await run('--kv', join(directory.path, 'state.sqlite'))
    assert.match(stdout, `  value  ${i}\n`)
    assert.is(stderr, '')
  }
})

test('that kv was in memory is no news where no run called it', async () => {
  const script = `export default { needs: { kv: true }, on: { go: (n, ctx) => n > 0 ? ctx.kv.increment('n') : 0 } }`
  using directory = tempDirectory({ 'script.js': script, 'policy.yaml': GRANTS_KV })
  const run = async (input: string) => await vivarium(['run', 'go'], { cwd: directory.path, input })
  assert.is((await run('0')).stderr, '')
  assert.match((await run('0\n1\n')).stderr, 'ctx.kv was kept in memory')
})

test('a script that does not load is told on standard error; the others run; the exit code is 1', async () => {
  using directory = tempDirectory({ 'echo.ts': ECHO, 'broken.ts': 'export default { on: { go( } }' })
  const { code, stdout, stderr } = await vivarium(['run', 'go'], { cwd: directory.path })
  assert.is(code, 1)
  assert.match(stdout, 'echo on go: ok')
  assert.match(stderr, 'broken: failed at broken.ts:1:28')
  assert.match(stderr, /^"vivarium check" shows the code, and what to do\.$/m)
  assert.not.match(stderr, '> 1 |', 'whoever runs events over and over has seen the code')
})

test('an event that no script handles is told of, though one that does not load may handle it', async () => {
  using directory = tempDirectory({ 'my scripts/echo.ts': ECHO, 'my scripts/broken.ts': 'export default { on: { go( } }' })
  const { code, stdout, stderr } = await vivarium(['run', 'goo', '--dir', 'my scripts'], { cwd: directory.path })
  assert.is(code, 1)
  assert.is(stdout, '')
  assert.match(stderr, `"vivarium check --dir 'my scripts'" shows the code`)
  assert.match(
    stderr,
    'No script in "my scripts" handles the event "goo". Did you mean "go"? They handle go. Those that failed to load may.',
  )
})

test('what keeps a script from starting is told once, and outcomes say where scripts run', async () => {
  using directory = tempDirectory({ 'counts.js': COUNTS, 'echo.ts': ECHO })
  const input = '{"n":1}\n{"n":2}\n'
  const { stdout } = await vivarium(['run', 'go'], { cwd: directory.path, input })
  assert.is(stdout.split('allow: { kv: true }').length, 2, stdout)
  assert.match(stdout, 'counts on go, line 2: denied\n  as before\n')
  assert.match(stdout, /used .* KiB, on quickjs \(thread\)$/m)
  const lines = (await vivarium(['run', 'go', '--json'], { cwd: directory.path, input })).stdout.trim().split('\n')
  for (const line of lines)
    for (const { runtime, placement } of JSON.parse(line).outcomes) assert.equal([runtime, placement], ['quickjs', 'thread'])
})

test('a denied script is an outcome with the line that the policy lacks', async () => {
  using directory = tempDirectory({ 'counts.js': COUNTS })
  const { code, stdout } = await vivarium(['run', 'go'], { cwd: directory.path })
  assert.is(code, 1)
  assert.match(stdout, 'counts on go: denied')
  assert.match(stdout, 'allow: { kv: true }')
})

test('broken data is an error with place and code frame', async () => {
  const cases: readonly (readonly [data: string, place: string, marked: RegExp])[] = [
    ['{\n  "a": 1,\n  "b": nope\n}', '3:8', /> 3 \| {3}"b": nope\n.*\| +\^/],
    ['{"a":1}\n{"a":\n', '2:6', /> 2 \| \{"a":/],
    ['\n{"é": 1,}', '2:8', /> 2 \| \{"é": 1,\}/],
  ]
  using directory = tempDirectory({ 'echo.ts': ECHO })
  for (const [data, place, marked] of cases) {
    directory.write('data.json', data)
    const { code, stderr } = await vivarium(['run', 'go', '--data', 'data.json'], { cwd: directory.path })
    assert.is(code, 2)
    assert.match(stderr, `error: The data is not valid JSON:`)
    assert.match(stderr, `(data.json:${place})`)
    assert.match(stderr, marked)
    assert.not.match(stderr, /^ +\d+ \|$/m, 'what lies above the value is not at hand, and no empty line')
    assert.not.match(stderr, /^ +at /m)
  }
})

test('what is wrong with the command line ends with 2, what is wrong with the surroundings with 3, and none with a stack', async () => {
  const cases: readonly (readonly [args: readonly string[], code: number, stderr: RegExp])[] = [
    [['run'], 2, /missing required argument 'event'\n"vivarium run --help" has examples/],
    [['run', 'go', '--dta', 'x'], 2, /unknown option '--dta'\n\(Did you mean --data\?\)/],
    [['run', 'go', '--data', 'nope.json'], 2, /There is no data file "nope\.json"/],
    [
      ['run', 'go', '--data', `{ "text": "${'x'.repeat(5_000)}" }`],
      2,
      /There is no data file[\s\S]*--data takes a file\. To give the JSON itself, pipe it/,
    ],
    [['run', 'go', '--data', 'loop'], 2, /There is no data file "loop"/],
    [['run', 'go', '--policy', 'x'.repeat(5_000)], 2, /There is no policy file/],
    [['run', 'go', '--dir', 'looped'], 3, /The policy file "looped\/policy\.yaml" cannot be read/],
    [['run', 'go', '--dir', 'x'.repeat(5_000)], 3, /The scripts directory/],
    [['run', 'go', '--data', '.'], 2, /"\." is a directory/],
    [['run', 'go', '--policy', 'nope.yaml'], 2, /There is no policy file "nope\.yaml"/],
    [['run', 'go', '--concurrency', '0'], 2, /a whole number from 1 to 256/],
    [['run', 'goo'], 2, /No script in "\." handles the event "goo"\.\nDid you mean "go"\? They handle go\./],
    [['run', 'go', '--dir', 'empty'], 2, /There is no script in "empty"/],
    [['run', 'go', '--dir', 'nope'], 3, /The scripts directory "nope" does not exist\..*\n.*docs\/errors\.md#SCRIPTS_DIRECTORY_MISSING/],
    [['run', 'go', '--dir', 'echo.ts'], 3, /The scripts directory "echo\.ts" is no directory\. Name the one that the scripts are in\./],
    [['run', 'go', '--policy', 'bad.yaml'], 3, /\(bad\.yaml:1:1\)[\s\S]*docs\/errors\.md#POLICY_/],
    [['run', 'go', '--kv', '.'], 3, /The kv store "\." cannot be used/],
  ]
  using directory = tempDirectory({ 'echo.ts': ECHO, 'empty/x.txt': '', 'bad.yaml': 'versoin: 1\n', 'looped/echo.ts': ECHO })
  for (const name of ['loop', 'looped/policy.yaml']) symlinkSync(basename(name), join(directory.path, name))
  for (const [args, code, expected] of cases) {
    const { code: actual, stdout, stderr } = await vivarium(args, { cwd: directory.path })
    assert.is(stdout, '', args.join(' '))
    assert.is(actual, code, `${args.join(' ')}: ${stderr}`)
    assert.match(stderr, expected)
    assert.not.match(stderr, /^ +at /m)
  }
})

test('errors are JSON too with --json', async () => {
  using directory = tempDirectory({ 'bad.yaml': 'version: 2\n' })
  const { code, stdout, stderr } = await vivarium(['run', 'go', '--json', '--policy', 'bad.yaml'], { cwd: directory.path })
  assert.is(code, 3)
  assert.is(stdout, '')
  const { error } = JSON.parse(stderr)
  assert.is(error.code, 'POLICY_INVALID')
  assert.equal([error.location.file, error.location.line], ['bad.yaml', 1])
})

test.run()
