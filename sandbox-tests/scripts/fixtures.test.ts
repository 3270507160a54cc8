// The small events of scripts/fixtures through the sample scripts, as somebody would try them.
// timeout: 300s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EVENING, openSamples, readFixture } from './sample-runs.ts'

async function decide(...events: string[]): Promise<Record<string, unknown>> {
  await using samples = await openSamples()
  const { engine } = samples
  let decisions: Record<string, unknown> = {}
  for (const event of events) {
    const { outcomes } = await engine.emit(event, readFixture(event))
    for (const { script, status, error } of outcomes) assert.is(status, 'ok', `${script}: ${error?.message}`)
    decisions = Object.fromEntries(outcomes.map(({ script, value }) => [script, value]))
  }
  return decisions
}

test('a newcomer’s issue is greeted, labelled and asked for details', async () => {
  const decisions = await decide('issues.opened')
  assert.match(JSON.stringify(decisions['welcome-newcomers']), 'Welcome, @newcomer')
  assert.equal((decisions['issue-triage'] as { labels: string[] }).labels, ['documentation', 'bug', 'priority/high', 'needs details'])
})

test('the second contribution is counted and not greeted', async () => {
  const decisions = await decide('issues.opened', 'pull_request.opened')
  assert.equal(decisions['welcome-newcomers'], { contributor: 'newcomer', contributions: 2 })
})

test('a huge pull request is labelled, and somebody is told', async () => {
  const decisions = await decide('pull_request.opened')
  const { labels, comment } = decisions['pr-size'] as { labels: string[]; comment: string }
  assert.equal(labels, ['size/XL'])
  assert.match(comment, '1244 changed lines')
})

test('a push with a key and a private file, forced to the default branch, alarms', async () => {
  const decisions = await decide('push')
  const { findings } = decisions['secret-scan'] as { findings: { kind: string; where: string; excerpt: string }[] }
  assert.equal(findings, [
    { kind: 'AWS access key', where: 'commits[0].message', excerpt: 'AKIA…MPLE' },
    { kind: 'private file', where: 'commits[0].added[1]', excerpt: 'deploy/.env' },
  ])
  assert.equal(decisions['repository-guard'], { alert: 'octo-org/octo-repo: force push to refs/heads/main (by octocat)' })
})

test('what was merged and pushed since becomes the notes of a release, once', async () => {
  const decisions = await decide('push', 'pull_request.closed', 'release.published')
  const { body } = decisions['release-notes'] as { body: string }
  assert.match(body, '## New\n\n- feat: upload with AKIAIOSFODNN7EXAMPLE (6113728, octocat)')
  assert.match(body, '## Fixed\n\n- fix: the crash when the README has no heading (#43, newcomer)')
  assert.match(body, 'Thanks to newcomer, octocat.')
  const again = await decide('push', 'release.published', 'release.published')
  assert.is(again['release-notes'], undefined)
})

test('a warning of one script reaches the chat through another one', async () => {
  await using samples = await openSamples()
  await samples.engine.emit('push', readFixture('push'))
  const further = await samples.further()
  assert.equal([...new Set(further.map(({ script, event, status }) => `${script} ${event} ${status}`))].sort(), [
    'activity warning.raised ok',
    'notifier warning.raised ok',
  ])
  assert.equal([...samples.host.messages].sort(), [
    'Warning for octo-org/octo-repo: 2 possible secret(s): revoke first, then remove',
    'Warning for octo-org/octo-repo: force push to refs/heads/main (by octocat)',
  ])
})

test('a newcomer has not signed, and the register is asked once', async () => {
  await using samples = await openSamples()
  for (let time = 0; time < 2; time++) {
    const { outcomes } = await samples.engine.emit('pull_request.opened', readFixture('pull_request.opened'), { script: 'cla-check' })
    assert.match(JSON.stringify(outcomes[0]?.value), '"conclusion":"action_required"')
  }
  assert.is(samples.host.questions, 1)
})

test('each evening there is a page about what came since', async () => {
  await using samples = await openSamples()
  const evening = async () => (await samples.engine.emit(EVENING, undefined, { script: 'daily-digest' })).outcomes[0]?.value
  await samples.engine.emit('push', readFixture('push'))
  await samples.engine.emit('release.published', readFixture('release.published'))
  assert.is(((await evening()) as { events: number }).events, 2)
  assert.is(await evening(), undefined)
  await samples.engine.emit('push', readFixture('push'))
  await evening()
  const [page = ''] = (await samples.host.readPages()).values()
  assert.match(page, /^# .*\n\n## octo-org\/octo-repo\n\n- 1 pushes\n- 1 releases\n# .*\n\n## octo-org\/octo-repo\n\n- 1 pushes\n$/)
})

test.run()
