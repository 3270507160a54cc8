// The small events of scripts/fixtures through the sample scripts, as somebody would try them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openSamples, readFixture } from './sample-runs.ts'

async function decide(...events: string[]): Promise<Record<string, unknown>> {
  await using engine = await openSamples()
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

test.run()
