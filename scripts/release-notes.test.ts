import { expect, run, test } from 'vivarium/test'

const IN_SHOP = { repository: { full_name: 'octo/shop', default_branch: 'main' } }
const RELEASE = { ...IN_SHOP, release: { tag_name: 'v1.0.0' } }

function merged(number: number, title: string, login = 'ada') {
  return { ...IN_SHOP, pull_request: { number, title, merged: true, user: { login } } }
}

test('changes are grouped by what they are, with thanks', async () => {
  await run('./release-notes', 'pull_request.closed', merged(1, 'feat: a button'))
  await run('./release-notes', 'pull_request.closed', merged(2, 'fix: the button', 'grace'))
  await run('./release-notes', 'pull_request.closed', merged(3, 'feat!: another door'))
  const { value } = await run('./release-notes', 'release.published', RELEASE)
  expect(value).toEqual({
    release: 'v1.0.0',
    body: [
      '## Breaking changes\n\n- feat!: another door (#3, ada)',
      '## New\n\n- feat: a button (#1, ada)',
      '## Fixed\n\n- fix: the button (#2, grace)',
      'Thanks to ada, grace.',
    ].join('\n\n'),
  })
})

test('a change is in one release only', async () => {
  await run('./release-notes', 'pull_request.closed', merged(1, 'feat: a button'))
  expect((await run('./release-notes', 'release.published', RELEASE)).value).toBeDefined()
  expect((await run('./release-notes', 'release.published', RELEASE)).value).toBeUndefined()
})

test('what was closed unmerged, merge commits and other branches are no changes', async () => {
  const { pull_request: pull } = merged(1, 'feat: a button')
  await run('./release-notes', 'pull_request.closed', { ...IN_SHOP, pull_request: { ...pull, merged: false } })
  const commits = [{ id: 'aaaaaaaaaa', message: 'Merge pull request #1' }]
  await run('./release-notes', 'push', { ...IN_SHOP, ref: 'refs/heads/main', commits })
  await run('./release-notes', 'push', { ...IN_SHOP, ref: 'refs/heads/try', commits: [{ id: 'bbbbbbbbbb', message: 'feat: x' }] })
  expect((await run('./release-notes', 'release.published', RELEASE)).value).toBeUndefined()
})

test('a release of many changes stays within its host calls', async () => {
  const kv = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [`octo/shop:#${index}`, { title: 'x', by: 'ada', reference: `#${index}` }]),
  )
  const result = await run('./release-notes', 'release.published', RELEASE, { kv })
  expect(result.status).toBe('ok')
  expect(result.usage.hostCalls).toBeLessThanOrEqual(100)
})
