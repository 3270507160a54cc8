// `vivarium test` as its users see it: what passes, what fails and how it is told, what is answered for scripts, and what a test cannot do.
// timeout: 1200s
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../harness/source-files.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'
import { startVivarium, vivarium } from './vivarium.ts'

const SCRIPT = `import { defineScript } from 'vivarium/script'
let seen = 0
export const double = (n: number) => n * 2
export default defineScript({
  needs: { kv: true, http: ['hooks.example.com'] },
  on: {
    async count({ by = 1 }: { by?: number }, ctx) {
      seen++
      const count = await ctx.kv.increment('count', by)
      ctx.log.info('counted', { count })
      return { count, seen }
    },
    now: () => ({ now: Date.now(), random: Math.random() }),
    tell: async (text: string, ctx) => {
      const answer = await ctx.http.fetch('https://hooks.example.com/' + text)
      return answer.status
    },
    fail: () => {
      throw new Error('it failed')
    },
    loop: () => {
      for (;;);
    },
  },
  every: { '5m': (tick: { scheduled: number }, ctx) => [ctx.event, tick.scheduled] },
})
`
const POLICY = 'version: 1\ndefaults: { allow: { kv: true, http: [hooks.example.com] } }\n'
const HEAD = `import { describe, expect, fixture, run, test } from 'vivarium/test'\n`

/** A scripts directory with the script, and this for its tests. */
function directoryOf(tests: string, more: { readonly [path: string]: string } = {}): TempDirectory {
  return tempDirectory({ 'counter.ts': SCRIPT, 'policy.yaml': POLICY, 'counter.test.ts': HEAD + tests, ...more })
}

interface Report {
  readonly ok: boolean
  readonly totals: object
  readonly coverage?: {
    readonly unmeasured: readonly { readonly script: string }[]
    readonly files: readonly { readonly file: string; readonly uncoveredLines: readonly number[]; readonly lines: object }[]
  }
  readonly files: readonly {
    readonly file: string
    readonly status: string
    readonly error?: { readonly code: string; readonly location?: { readonly line: number } }
    readonly tests: readonly {
      readonly path: readonly string[]
      readonly status: string
      readonly error?: {
        readonly code: string
        readonly message: string
        readonly location?: { readonly line: number }
        readonly frame?: string
      }
    }[]
  }[]
}

async function report(directory: TempDirectory, ...options: string[]): Promise<Report> {
  const { stdout, stderr } = await vivarium(['test', '--json', ...options], { cwd: directory.path })
  assert.is.not(stdout, '', stderr)
  return JSON.parse(stdout) as Report
}

/** Runs tests that must all pass. */
async function passes(tests: string, options: readonly string[] = [], more: { readonly [path: string]: string } = {}): Promise<void> {
  using directory = directoryOf(tests, more)
  const { code, stdout, stderr } = await vivarium(['test', ...options], { cwd: directory.path })
  assert.is(code, 0, stdout + stderr)
}

/** Runs one test that must fail; what it says. */
async function failure(body: string, more: { readonly [path: string]: string } = {}) {
  using directory = directoryOf(`test('it', async () => {\n${body}\n})\n`, more)
  const { ok, files } = await report(directory)
  assert.is(ok, false)
  const error = files[0]?.tests[0]?.error
  assert.ok(error, JSON.stringify(files))
  return error
}

for (const runtime of ['quickjs', 'v8'])
  test(`runs are real, and answer with all that can be known of them (${runtime})`, () =>
    passes(
      `
test('result', async () => {
  const result = await run('./counter', 'count', { by: 2 })
  expect(result.value).toEqual({ count: 2, seen: 1 })
  expect(result.logs).toEqual([{ level: 'info', message: 'counted', data: { count: 2 } }])
  expect(result.calls).toEqual([{ name: 'kv.increment', args: ['count', 2], reply: 2 }])
  expect(result.usage.hostCalls).toBe(1)
  expect((await run('counter', 'count')).value).toEqual({ count: 3, seen: 1 })
})
test('kv is empty again', async () => {
  expect((await run('./counter.ts', 'count')).value.count).toBe(1)
  expect((await run('./counter.ts', 'count', {}, { tenant: 'other', kv: { count: 40 } })).value.count).toBe(41)
})
test('time and chance', async () => {
  const first = await run('./counter', 'now')
  expect(first.value.now).toBe(Date.UTC(2026, 0, 1))
  expect((await run('./counter', 'now')).value).toEqual(first.value)
  const other = await run('./counter', 'now', null, { clock: '2030-06-01', seed: 7 })
  expect(other.value.now).toBe(Date.UTC(2030, 5, 1))
  expect(other.value.random).not.toBe(first.value.random)
})
test('failures', async () => {
  const { status, error } = await run('./counter', 'fail')
  expect(status).toBe('exception')
  expect(error).toMatchObject({ name: 'Error', message: 'it failed', location: { file: 'counter.ts', line: 19 } })
  expect((await run('./counter', 'loop', null, { limits: { cpu: '20ms' } })).status).toBe('cpu_exceeded')
  expect((await run('./counter', 'count', {}, { limits: { hostCalls: 0 } })).status).toBe('host_calls_exceeded')
})
test('fakes', async () => {
  const fetch = async (url: string) => new Response('', { status: 200 + url.length })
  const result = await run('./counter', 'tell', 'abc', { ctx: { http: { fetch } } })
  expect(result.value).toBe(229)
  const constant = await run('./counter', 'tell', 'abc', { ctx: { http: { fetch: { status: 418 } } } })
  expect(constant.value).toBe(418)
  const broken = () => { throw Object.assign(new Error('gone'), { code: 'HTTP_FAILED' }) }
  const failed = await run('./counter', 'tell', 'abc', { ctx: { http: { fetch: broken } } })
  expect(failed.error).toMatchObject({ code: 'HTTP_FAILED', message: 'gone' })
  expect(failed.calls[0]?.error).toEqual({ code: 'HTTP_FAILED', message: 'gone' })
})
test('schedules', async () => {
  expect((await run('./counter', '5m')).value).toEqual(['every 5m', Date.UTC(2026, 0, 1)])
  expect((await run('./counter', 'every 5m', { scheduled: 3 })).value).toEqual(['every 5m', 3])
})
test('many at once', async () => {
  const results = await Promise.all(Array.from({ length: 40 }, (_, n) => run('./counter', 'now', null, { clock: n })))
  expect(results.map(({ value }) => value.now)).toEqual(results.map((_, n) => n))
})
`,
      ['--runtime', runtime],
    ))

test('each test begins where the top level ended, in a sandbox of its own; the script itself can be imported', () =>
  passes(`
import { double } from './counter.ts'
let count = 10
;(globalThis as any).leak = 0
test('one', () => { expect(++count).toBe(11); (globalThis as any).leak = 1 })
test('two', () => { expect(++count).toBe(11); expect((globalThis as any).leak).toBe(0) })
test('of its own', () => { expect(double(4)).toBe(8) })
test('no way out', () => { expect(typeof (globalThis as any).process + typeof (globalThis as any).require).toBe('undefinedundefined') })
`))

test('with isolation "script", module state goes on within a test, and not into the next', () =>
  passes(
    `
for (const name of ['one', 'two']) test(name, async () => {
  expect((await run('./counter', 'count')).value.seen).toBe(1)
  expect((await run('./counter', 'count')).value.seen).toBe(2)
})`,
    [],
    { 'policy.yaml': `${POLICY.trim().slice(0, -1)}, isolation: script }\n` },
  ))

test('fixtures have the name of their event, or say it', () =>
  passes(
    `
test('by name', async () => { expect((await run('./counter', await fixture('count'))).value.count).toBe(5) })
test('said', async () => { expect((await run('./counter', await fixture('much'))).value.count).toBe(500) })
`,
    [],
    { 'fixtures/count.json': '{ "by": 5 }', 'fixtures/much.json': '{ "event": "count", "payload": { "by": 500 } }' },
  ))

test('what does not hold is shown with the line of the test, a diff, and why the run failed', async () => {
  using directory = directoryOf(`describe('group', () => {
  test('fails', async () => {
    const { value } = await run('./counter', 'count')
    expect(value).toEqual({ count: 1, seen: 2 })
  })
})
test('fails in the script', async () => {
  const { value } = await run('./counter', 'fail')
  expect(value).toBe(3)
})
test('passes', () => console.log('hello', { from: 'a test' }))
test.skip('later', () => {})
test.todo('much later')
`)
  const { code, stdout } = await vivarium(['test'], { cwd: directory.path })
  assert.is(code, 1)
  for (const line of [
    '✗ group > fails',
    'expected the value to equal … (- expected, + received)',
    '-   seen: 2,',
    '+   seen: 1,',
    '> 5 |     expect(value).toEqual({ count: 1, seen: 2 })',
    'at counter.test.ts:5:19',
    'the run of counter on fail: exception at counter.ts:19:17',
    "> 19 |       throw new Error('it failed')",
    '✓ passes',
    'info hello { from: "a test" }',
    '- later',
    '… much later',
    '2 failed, 1 passed, 1 skipped, 1 to do, in 1 file',
  ])
    assert.match(stdout, line)
})

test('a call that nothing answers fails the test, with the line to add, even when the script catches it', async () => {
  const { message, location } = await failure(`  await run('./counter', 'tell', 'abc')`)
  assert.match(message, '"counter" called ctx.http.fetch("https://hooks.example.com/abc"')
  assert.match(message, 'Add to the options of run(…): { ctx: { http: { fetch: async (...args) => … } } }')
  assert.is(location?.line, 3)
  const caught =
    "export default { needs: { http: true }, on: { tell: (_: unknown, ctx: any) => ctx.http.fetch('https://hooks.example.com/').catch(() => 1) } }"
  assert.match((await failure(`  await run('./other', 'tell')`, { 'other.ts': caught })).message, 'ctx.http.fetch')
})

test('mistakes of a test say what there is instead, at their line', async () => {
  const mistakes: readonly (readonly [body: string, says: string])[] = [
    [`  await run('./countr', 'count')`, 'There is no script "./countr" beside counter.test.ts. Did you mean "./counter"?'],
    [`  await run('./counter', 'cuont')`, '"counter" does not handle "cuont". Did you mean "count"?'],
    [
      `  await run('./counter', 'count', {}, { ctx: { kv: { gett: 1 } } })`,
      'ctx.kv has no "gett", so it cannot be faked. Did you mean "get"?',
    ],
    [
      `  await run('./counter', 'count', {}, { ctx: { kvv: { get: 1 } } })`,
      'There is no binding "kvv", so it cannot be faked. Did you mean "kv"?',
    ],
    [`  await run('./counter', 'count', {}, { clok: 1 } as never)`, 'run(…) has no option "clok"'],
    [`  await run('./counter', 'count', {}, { limits: { cpu: 5 } })`, 'write the missing unit'],
    [`  await run('./counter', 'count', {}, { clock: 'noon' })`, 'The clock of run(…) cannot be "noon"'],
    [`  await run('./counter', 'count', { by: () => 1 })`, 'payload'],
    [`  await fixture('cout')`, 'There is no fixture "cout" (fixtures/cout.json).'],
    [`  await fixture('../policy')`, 'There is no fixture "../policy"'],
    [`  run('./counter', 'count')`, 'This run is not over when its test is: write "await run(…)".'],
    [`  test('inner', () => {})`, 'stands inside a test'],
    [
      `  await run('./counter', 'count', {}, { ctx: { kv: { increment: (key: string) => { expect(key).toBe('x'); return 1 } } } })`,
      'expected "count" to be "x"',
    ],
    [
      `  await run('./counter', 'count', {}, { ctx: { kv: { increment: () => 'text' } } }).then((r) => expect(r.status).toBe('ok'))`,
      'expected "exception" to be "ok"',
    ],
  ]
  using directory = directoryOf(mistakes.map(([body], index) => `test('${index}', async () => {\n${body}\n})`).join('\n'))
  const { files } = await report(directory)
  for (const [index, [body, says]] of mistakes.entries()) {
    const { status, error } = files[0]?.tests[index] ?? {}
    assert.is(status, 'failed', body)
    assert.match(error?.message ?? '', says)
    assert.is(error?.location?.line, index * 3 + 3, `${body}: ${JSON.stringify(error)}`)
  }
})

test('a file that does not load, loops or breaks out of nothing is reported, and the others go on', async () => {
  using directory = directoryOf(`test('passes', () => {})`, {
    'syntax.test.ts': `${HEAD}test('x', () => {`,
    'loops.test.ts': `${HEAD}for (;;);`,
    'throws.test.ts': `${HEAD}throw new Error('at the top')`,
    'runs.test.ts': `${HEAD}run('./counter', 'count')`,
    'node.test.ts': `${HEAD}import 'node:fs'`,
    'escapes.test.ts': `${HEAD}import '../../secret.ts'`,
    'empty.test.ts': HEAD,
    'garbles.test.ts': `${HEAD}test('x', () => {})\nArray.prototype.map = (() => 5) as never`,
  })
  const { files, totals } = await report(directory)
  const codes = Object.fromEntries(files.map(({ file, status, error }) => [file.replace('.test.ts', ''), error?.code ?? status]))
  assert.equal(codes, {
    counter: 'passed',
    empty: 'passed',
    escapes: 'IMPORT_FORBIDDEN',
    garbles: 'RESULT_NOT_PLAIN',
    loops: 'LOAD_CPU_EXCEEDED',
    node: 'IMPORT_FORBIDDEN',
    runs: 'LOAD_EXCEPTION',
    syntax: 'SYNTAX_ERROR',
    throws: 'LOAD_EXCEPTION',
  })
  assert.equal(totals, { files: 9, passed: 1, failed: 7, skipped: 0, todo: 0 })
})

test('a test that hangs, hoards or waits for nothing is cut and shown with its line; the others go on', async () => {
  using directory = directoryOf(`test('loops', () => { for (;;); })
test('hoards', () => { const all: unknown[] = []; for (;;) all.push(new Uint8Array(4_000_000)) })
test('waits', async () => { await new Promise(() => {}) })
test('passes', () => {})
`)
  const { files } = await report(directory, '--timeout', '5m') // to compute for two seconds takes far longer on a busy machine
  const tests = files[0]?.tests ?? []
  assert.equal(
    tests.map(({ error }) => error?.code ?? 'passed'),
    ['CPU_EXCEEDED', 'MEMORY_EXCEEDED', 'RUN_STALLED', 'passed'],
  )
  assert.is(tests[0]?.error?.location?.line, 2)
})

test('tests that only the end of their runner can stop take no other test with them, and are not put away', async () => {
  const hang = `test('hangs', () => (2n ** 1000000n).toString().length + (3n ** 600000n).toString().length)\n`
  using directory = directoryOf(
    `${hang.repeat(4)}test('passes', async () => { expect((await run('./counter', 'count')).status).toBe('ok') })`,
    {
      'slow.js': `export default () => new Promise((done) => setTimeout(done, 400, 2))`,
      'slow.test.ts': `${HEAD}for (let n = 0; n < 8; n++) test('bystander ' + n, async () => { expect((await run('./slow', 'any')).value).toBe(2) })`,
    },
  )
  const { totals, files } = await report(directory)
  assert.equal(totals, { files: 2, passed: 9, failed: 4, skipped: 0, todo: 0 }, JSON.stringify(files))
})

test('--timeout is the most time for a test', async () => {
  using directory = directoryOf(`test('sleeps', async () => { await new Promise((done) => setTimeout(done, 60_000)) })`)
  const { files } = await report(directory, '--timeout', '3s')
  assert.is(files[0]?.tests[0]?.error?.code, 'WALL_EXCEEDED')
})

test('what keeps every run of a script from starting is told once, what went wrong in a run each time', async () => {
  const TESTS = `for (const n of [1, 2, 3]) test('t' + n, async () => {
  expect((await run('./needy', 'go')).status).toBe('ok')
})
for (const n of [4, 5]) test('t' + n, async () => {
  expect((await run('./counter', 'fail')).status).toBe('ok')
})`
  using directory = directoryOf(TESTS, { 'needy.ts': `export default { needs: { files: { a: 'read' } }, on: { go: () => 1 } }` })
  const { stdout } = await vivarium(['test'], { cwd: directory.path })
  assert.is(stdout.split('needs "files"').length - 1, 1, stdout)
  assert.is(stdout.split('the run of needy on go: denied, as above\n').length - 1, 2)
  assert.is(stdout.split('Error: it failed').length - 1, 2)
})

test('coverage tells which lines of the scripts are not reached, on both runtimes, and changes nothing', async () => {
  using directory = directoryOf(
    `test('it', async () => {
  const result = await run('./counter', 'count')
  expect(result.usage.hostCalls).toBe(1)
  expect(result.logs).toHaveLength(1)
  expect(result.usage.logBytes).toBeLessThan(100)
  await run('./counter', 'loop', null, { limits: { cpu: '20ms' } })
})`,
    { 'untested.ts': 'export default () => {\n  return 1\n}\n' },
  )
  for (const runtime of ['quickjs', 'v8']) {
    const { ok, coverage } = await report(directory, '--coverage', '--lcov', 'lcov.info', '--runtime', runtime)
    assert.ok(ok)
    const files = coverage?.files.map(({ file, uncoveredLines }) => [file, uncoveredLines])
    assert.equal(files, [
      ['counter.ts', [13, 15, 16, 19, 25]],
      ['untested.ts', [1, 2]],
    ])
    const lcov = readFileSync(join(directory.path, 'lcov.info'), 'utf8')
    assert.match(lcov, /^SF:counter\.ts$/m)
    assert.match(lcov, /^DA:8,1$/m)
    assert.match(lcov, /^DA:15,0$/m)
  }
})

test('coverage names the scripts that it cannot measure', async () => {
  const deep = `export default { on: { deep: (a) => ${Array(6_000).fill('a').join('+')} } }`
  const TESTS = `test('deep', async () => expect((await run('./deep', 'deep', 1)).value).toBe(6_000))`
  using directory = directoryOf(TESTS, { 'deep.ts': deep, 'broken.ts': 'export default {' })
  const all = await report(directory, '--coverage')
  assert.ok(all.ok)
  assert.equal(
    all.coverage?.files.map(({ file }) => file),
    ['counter.ts'],
  )
  assert.equal(all.coverage?.unmeasured.map(({ script }) => script).sort(), ['broken', 'deep'])
  const { stdout } = await vivarium(['test', 'counter', '--coverage'], { cwd: directory.path })
  assert.match(stdout, /^not measured: deep: No counters can be put into its code: /m)
  assert.not.match(stdout, 'broken')
})

test('files and names choose; nothing to test is an error', async () => {
  using directory = directoryOf(`test('one', () => {})\ntest('two', () => {})\n`, {
    'reports/weekly.test.ts': `${HEAD}test.only('weekly', () => {})\ntest('other', () => {})\n`,
    'lib/text.test.ts': `${HEAD}import { a } from './text.ts'\ntest('lib', () => expect(a).toBe(1))\n`,
    'lib/text.ts': 'export const a = 1\n',
  })
  const names = async (...options: string[]): Promise<string[]> =>
    (await report(directory, ...options)).files.flatMap(({ tests }) =>
      tests.filter(({ status }) => status === 'passed').map(({ path }) => path.join()),
    )
  assert.equal(await names(), ['one', 'two', 'lib', 'weekly'])
  assert.equal(await names('reports/weekly.test.ts'), ['weekly'])
  assert.equal(await names('--name', 'wo'), ['two'])
  const none = await vivarium(['test', 'nowhere'], { cwd: directory.path })
  assert.is(none.code, 2)
  assert.match(none.stderr, 'No test file in "." is called "nowhere".')
  assert.match((await vivarium(['test', 'countre'], { cwd: directory.path })).stderr, 'Did you mean "counter"?')
  assert.match((await vivarium(['test', 'report/weekly'], { cwd: directory.path })).stderr, 'Did you mean "reports/weekly"?')
})

test('a name that no test has is an error with the nearest one', async () => {
  using directory = directoryOf(`describe('counts', () => { test('once and again', () => {}) })\n`, {
    'other.test.ts': `${HEAD}test('another', () => {})\n`,
  })
  const { path: cwd } = directory
  for (const [args, message] of [
    [['--name', 'zzz'], 'No test in "." has "zzz" in its name.'],
    [['--name', 'once and agian'], 'Did you mean "once and again"?'],
    [['--name', 'counst > once and again'], 'Did you mean "counts > once and again"?'],
    [['other', '--name', 'once'], 'No test in "." has "once" in its name.'],
    [['--name', 'zzz', '--json'], 'No test in'],
    [['--name', 'zzz', '--coverage'], 'No test in'],
  ] as const) {
    const { code, stdout, stderr } = await vivarium(['test', ...args], { cwd })
    assert.equal([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, message)
  }
  const one = await vivarium(['test', '--name', 'once'], { cwd })
  assert.is(one.code, 0)
  assert.not.match(one.stdout, 'other.test.ts')
  directory.write('other.test.ts', 'throw new Error("broken")')
  assert.is((await vivarium(['test', '--name', 'zzz'], { cwd })).code, 1)
})

test("the application's own events and bindings are known, its schemas hold, and its host functions are never called", async () => {
  const from = (path: string): string => JSON.stringify(join(ROOT, path))
  using directory = tempDirectory({
    'package.json': '{ "type": "module" }',
    'vivarium.config.ts': `import { z } from ${from('node_modules/zod/index.js')}
import { defineBinding, defineEvents } from ${from('engine/index.ts')}
export const events = defineEvents({ ordered: { payload: z.object({ id: z.number() }) } })
const handler = () => { process.exit(99) }
export const bindings = [defineBinding('mail', { send: { input: z.tuple([z.email()]), output: z.object({ id: z.string() }), handler } })]
`,
    'scripts/policy.yaml': 'version: 1\ndefaults: { allow: { mail: true } }\n',
    'scripts/mailer.ts': `export default { needs: { mail: true }, on: { ordered: async (o: any, ctx: any) => (await ctx.mail.send('a' + o.id + '@example.com')).id } }`,
    'scripts/mailer.test.ts': `${HEAD}
const mail = (send: unknown) => ({ ctx: { mail: { send } } })
test('faked', async () => expect((await run('./mailer', 'ordered', { id: 3 }, mail((to: string) => ({ id: to })))).value).toBe('a3@example.com'))
test('a reply of the wrong kind', async () => expect((await run('./mailer', 'ordered', { id: 3 }, mail(5))).error?.code).toBe('HOST_REPLY_INVALID'))
test('a payload of the wrong kind', async () => expect(run('./mailer', 'ordered', { id: 'x' })).rejects.toThrow('does not fit "ordered"'))
test('not faked', async () => expect(run('./mailer', 'ordered', { id: 3 })).rejects.toThrow('ctx.mail.send("a3@example.com")'))
`,
  })
  const { code, stdout, stderr } = await vivarium(['test'], { cwd: directory.path })
  assert.is(code, 0, stdout + stderr)
})

test('--watch runs the tests again that a change is about', async () => {
  using directory = directoryOf(`test('first', async () => { expect((await run('./counter', 'count')).value.count).toBe(1) })`, {
    'other.test.ts': `${HEAD}test('second', () => {})`,
  })
  const { child, end } = startVivarium(['test', '--watch'], { cwd: directory.path })
  // Two pipes: what comes in one says nothing about how far the other is.
  const told = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (text: string) => (told[name] += text))
  const seen = async (stdout: RegExp, stderr: RegExp): Promise<void> => {
    for (const deadline = performance.now() + 90_000; !stdout.test(told.stdout) || !stderr.test(told.stderr); ) {
      assert.ok(performance.now() < deadline, JSON.stringify(told))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    Object.assign(told, { stdout: '', stderr: '' })
  }
  await seen(/2 passed/, /Waiting/)
  directory.write('counter.ts', SCRIPT.replace("'count', by)", "'count', by + 1)"))
  await seen(/1 failed, in 1 file/, /counter\.ts changed[\s\S]*Waiting/)
  directory.write('counter.ts', SCRIPT)
  await seen(/1 passed, in 1 file/, /counter\.ts changed[\s\S]*Waiting/)
  child.kill('SIGINT')
  assert.is((await end).code, 130)
})

test.run()
