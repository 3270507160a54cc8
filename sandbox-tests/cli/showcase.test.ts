// `npm start`, as somebody runs it who has just cloned the repository.
// timeout: 400s
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../harness/source-files.ts'

const run = (...flags: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'cli', 'showcase.ts'), ...flags], { cwd: ROOT, encoding: 'utf8', timeout: 300_000 })

test('--json prints numbers and nothing else, and ends with 0', () => {
  const { status, stdout, stderr } = run('--json')
  assert.is(status, 0, stderr)
  assert.is(stderr, '')
  const { deliveries, runs, scripts, ...others } = JSON.parse(stdout)
  assert.is(deliveries, 329)
  assert.equal(others, {})
  assert.is(
    runs,
    scripts.reduce((sum: number, script: { runs: number }) => sum + script.runs, 0),
  )
  for (const { script, statuses, runs: own, ...numbers } of scripts) {
    const counts: number[] = Object.values(statuses)
    assert.is(
      counts.reduce((sum, count) => sum + count, 0),
      own,
      script,
    )
    assert.equal(Object.keys(numbers), ['wallMsP50', 'wallMsP95', 'cpuMs', 'memoryBytes', 'hostCalls'])
    assert.ok(Object.values(numbers).every(Number.isFinite), script)
    assert.ok(numbers.wallMsP50 <= numbers.wallMsP95, script)
  }
})

test('people get a table, one code frame and what to try next, without colours in a file', () => {
  const { status, stdout, stderr } = run()
  assert.is(status, 0, stderr)
  assert.is(stderr, '')
  assert.match(stdout, /^329 GitHub deliveries, \d+ runs of \d+ scripts/)
  const [, runs = '', ok = ''] = /^activity +(\d+) +(\d+) /m.exec(stdout) ?? []
  assert.is(runs, ok)
  assert.ok(Number(runs) > 329, 'events of other scripts count too')
  assert.match(stdout, /^hostile\/endless-loop +3 +3 cpu_exceeded /m)
  assert.match(stdout, /^Sent to a server on this machine: \d+ signed messages, \d+ questions/m)
  assert.match(stdout, /^Written in the evening, \d{4}-\d\d-\d\d\.md:\n {2}# /m)
  assert.match(stdout, /^> +\d+ \|/m)
  assert.match(stdout, /^Contained: .*denied/m)
  assert.match(stdout, /^Try next:/m)
  assert.not.match(stdout, '\u001b')
})

test('nothing is left behind: no folder, no file', () => {
  const before = new Set(readdirSync(tmpdir()))
  assert.is(run('--json').status, 0)
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith('vivarium-showcase-') && !before.has(name))
  assert.equal(left, [])
})

test('an unknown option is an error that says how to call it', () => {
  const { status, stderr } = run('--jsn')
  assert.is(status, 2)
  assert.match(stderr, "Unknown option '--jsn'")
  assert.match(stderr, 'Usage: npm start --silent -- [--json]')
})

test.run()
