// All deliveries of GitHub through the sample scripts: the useful ones do well and decide something, the hostile ones end as their first lines say.
// timeout: 300s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Outcome, OutcomeStatus } from '../../engine/model/outcome.ts'
import { expectNone } from '../harness/expect-none.ts'
import { resultsOf, runAllDeliveries } from './sample-runs.ts'

const { outcomes, messages, questions, pages } = await runAllDeliveries()
const results = (script: string): unknown[] => resultsOf(outcomes.get(script))
const includes = (script: string, part: string): boolean => results(script).some((value) => JSON.stringify(value).includes(part))

test('at least ten useful scripts and a dozen hostile ones ran', () => {
  const hostile = [...outcomes.keys()].filter((script) => script.startsWith('hostile/'))
  assert.ok(hostile.length >= 12, `${hostile.length} hostile`)
  assert.ok(outcomes.size - hostile.length >= 10, `${outcomes.size - hostile.length} useful`)
})

test('every run of a useful script is ok', () => {
  const failed = [...outcomes.values()].flat().filter(({ script, status }) => !script.startsWith('hostile/') && status !== 'ok')
  expectNone(
    failed.map(({ script, event, status, error }) => `${script} on ${event}: ${status} ${error?.message}`),
    'Useful scripts that failed',
  )
})

test('a function is called for every delivery', () => {
  const ofGitHub = (outcomes.get('activity') ?? []).filter(({ causedBy }) => causedBy === undefined)
  assert.is(ofGitHub.length, 329)
  assert.ok(results('activity').includes('Codertocat opened a pull request in Codertocat/Hello-World'))
})

const DECISIONS: readonly (readonly [script: string, part: string])[] = [
  ['activity', 'Codertocat raised a warning in Codertocat/Hello-World'],
  ['cla-check', '"conclusion":"success"'],
  ['conventional-title', 'docs: update the README with new information'],
  ['dependency-alerts', '[medium] CVE-2022-25883: semver'],
  ['dependency-alerts', '- django \\\\>= 2.0.0, \\\\< 2.0.2: update to 2.0.2'],
  ['deploy-log', '"environment":"production","sha":"f95f852","isNew":true'],
  ['flaky-checks', '"flaky":"Octocoders-linter"'],
  ['issue-triage', '"labels":["documentation","good first issue"]'],
  ['issue-triage', 'needs details'],
  ['notifier', 'Codertocat/Hello-World 0.0.1 is out'],
  ['notifier', '"again":true'],
  ['pr-size', 'size/XS'],
  ['release-notes', 'Initial commit (6113728, Codertocat)'],
  ['repository-guard', 'is no longer protected'],
  ['review-reminder', '"reviewers":["octocat"]'],
  ['secret-scan', '"kind":"AWS access key","where":"package.package_version.package_files[0].download_url"'],
  ['welcome-newcomers', '"contributor":"Codertocat"'],
]

for (const [script, part] of DECISIONS) {
  test(`${script} decides: ${part}`, () => assert.ok(includes(script, part), JSON.stringify(results(script)).slice(0, 2_000)))
}

test('no secret itself is in what the secret scan says', () => {
  assert.not.match(JSON.stringify(outcomes.get('secret-scan')?.map(({ value, logs }) => [value, logs])), /AKIA[A-Z\d]{16}/)
})

const ENDS: Readonly<Record<string, OutcomeStatus | readonly [status: OutcomeStatus, code: string]>> = {
  'bulky-argument': ['exception', 'HOST_CALL_ARGUMENT_TOO_LARGE'],
  'chatty-logger': 'ok',
  'echo-chamber': ['exception', 'EVENT_LOOP'],
  'endless-loop': 'cpu_exceeded',
  'endless-recursion': 'stack_exceeded',
  'forged-error': ['exception', 'EXCEPTION'],
  'function-smuggler': ['exception', 'RESULT_NOT_PLAIN'],
  'host-call-flood': 'host_calls_exceeded',
  'huge-report': 'output_exceeded',
  'impatient-reader': ['exception', 'PENDING_HOST_CALLS_EXCEEDED'],
  'memory-hoarder': 'memory_exceeded',
  'metadata-reader': ['exception', 'HTTP_ADDRESS_DENIED'],
  'never-answers': 'wall_exceeded',
  'path-climber': ['exception', 'FILE_PATH_INVALID'],
  'prototype-polluter': 'ok',
  'quota-eater': ['exception', 'KV_QUOTA_EXCEEDED'],
  'secret-sender': ['exception', 'SECRET_DENIED'],
  'slow-regexp': 'cpu_exceeded',
  'timer-flood': ['exception', 'TIMERS_EXCEEDED'],
  ungranted: 'denied',
}

for (const [script, expected] of Object.entries(ENDS)) {
  test(`hostile/${script} ends as ${[expected].flat().join(' ')}, each time`, () => {
    const [status, code] = [expected].flat() as [OutcomeStatus, string?]
    const ends = outcomes.get(`hostile/${script}`) ?? []
    assert.ok(ends.length > 0, 'it ran')
    for (const end of ends) {
      assert.is(end.status, status, end.error?.message)
      if (code !== undefined) assert.is(end.error?.code, code)
    }
  })
}

test('warnings of several scripts arrive at the chat, signed, each once', () => {
  assert.ok(messages.includes('Warning for Codertocat/Hello-World: the repository is public now (by Codertocat)'), messages.join('\n'))
  assert.ok(messages.some((message) => message.includes('possible secret(s)')))
  assert.ok(messages.includes('Codertocat/Hello-World 0.0.1 is out'))
  assert.is(new Set(messages).size, messages.length)
  assert.is(results('notifier').filter((result) => !(result as { again?: true }).again).length, messages.length)
})

test('the register is asked once for somebody who comes again', () => {
  assert.is(questions, 1)
  assert.ok(results('cla-check').length > 1)
})

test('the digest of the day counts what useful deliveries there were', () => {
  assert.is(pages.size, 1)
  const [[name, page] = ['', '']] = pages
  assert.match(name, /^\d{4}-\d\d-\d\d\.md$/)
  for (const line of ['# 20', '## Codertocat/Hello-World', '- 7 pushes', '- 4 new issues', '- 3 releases']) assert.match(page, line)
})

test('hostile/unpaid-bigint is killed, and stopped for good in the end', () => {
  const statuses = (outcomes.get('hostile/unpaid-bigint') ?? []).map(({ status }) => status)
  assert.is(statuses[0], 'cpu_exceeded')
  assert.is(statuses.at(-1), 'quarantined')
  expectNone(
    statuses.filter((status) => status !== 'cpu_exceeded' && status !== 'quarantined'),
    'Other ends',
  )
})

test('hostile/chatty-logger loses what is over the limit, and one entry says so', () => {
  for (const { logs } of outcomes.get('hostile/chatty-logger') ?? []) assert.is(logs.filter(({ truncated }) => truncated).length, 1)
})

test('hostile/prototype-polluter finds clean objects each time', () => {
  const found = results('hostile/prototype-polluter')
  assert.ok(found.length > 1)
  for (const result of found) assert.equal(result, { foundFromEarlierRun: false, isAdminNow: true })
  assert.not.ok('isAdmin' in {})
})

test('a failure shows its place in the source of its author', () => {
  const place = ({ error }: Outcome): string => `${error?.location?.file}:${error?.location?.line}`
  assert.is(place(outcomes.get('hostile/forged-error')?.[0] as Outcome), 'hostile/forged-error.ts:8')
  assert.match(outcomes.get('hostile/timer-flood')?.[0]?.error?.frame ?? '', /setTimeout/)
})

test.run()
