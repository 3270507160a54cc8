import { expect, fixture, run, test } from 'vivarium/test'

test('a newcomer is greeted once', async () => {
  const issue = await fixture('issues.opened')
  const first = await run('./welcome-newcomers', issue)
  expect(first.value).toMatchObject({ contributor: 'newcomer', contributions: 1 })
  expect(first.value.comment).toMatch('Welcome, @newcomer')
  const second = await run('./welcome-newcomers', await fixture('pull_request.opened'))
  expect(second.value).toEqual({ contributor: 'newcomer', contributions: 2 })
})

test('maintainers and programs are not', async () => {
  const issue = await fixture('issues.opened')
  const by = (change: object) =>
    run('./welcome-newcomers', { ...issue, payload: { ...issue.payload, issue: { ...issue.payload.issue, ...change } } })
  expect((await by({ author_association: 'MEMBER' })).value.comment).toBeUndefined()
  expect((await by({ user: { login: 'renovate[bot]', type: 'Bot' } })).calls).toHaveLength(0)
})

test('whoever cannot be counted is not greeted twice by mistake', async () => {
  const full = () => {
    throw Object.assign(new Error('the store is full'), { code: 'KV_QUOTA_EXCEEDED' })
  }
  const result = await run('./welcome-newcomers', await fixture('issues.opened'), { ctx: { kv: { increment: full } } })
  expect(result.error?.code).toBe('KV_QUOTA_EXCEEDED')
})
