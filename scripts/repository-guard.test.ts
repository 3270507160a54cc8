import { expect, fixture, run, test } from 'vivarium/test'

const BY_OCTOCAT = { sender: { login: 'octocat', email: 'not for everybody' }, repository: { full_name: 'octo/shop', private: true } }
const ctx = { events: { emit: 2 } }

test('a warning goes out with who and where, and with nothing else', async () => {
  const result = await run('./repository-guard', 'repository.publicized', BY_OCTOCAT, { ctx })
  expect(result.value).toEqual({ alert: 'octo/shop: the repository is public now (by octocat)' })
  const warning = {
    title: 'the repository is public now (by octocat)',
    repository: { full_name: 'octo/shop' },
    sender: { login: 'octocat' },
  }
  expect(result.calls).toEqual([{ name: 'events.emit', args: ['warning.raised', warning], reply: 2 }])
  expect(result.logs[0]).toMatchObject({ level: 'warn', data: { by: 'octocat' } })
})

test('who may do what is told in words', async () => {
  const told = async (event: string, payload: object) =>
    (await run('./repository-guard', event, { ...BY_OCTOCAT, ...payload }, { ctx })).value.alert
  expect(await told('deploy_key.created', { key: { title: 'ci', read_only: true } })).toMatch('"ci" can read (by')
  expect(await told('member.added', { member: { login: 'mona' } })).toMatch('mona can now write')
  expect(await told('member.added', { member: { login: 'mona' }, changes: { permission: { to: 'admin' } } })).toMatch('mona can now admin')
  expect(await told('branch_protection_rule.edited', { rule: { name: 'main' }, changes: { admin_enforced: {} } })).toMatch('admin_enforced')
})

test('a push is worth a warning when it is forced, and to the default branch', async () => {
  const push = await fixture('push')
  expect((await run('./repository-guard', push, { ctx })).value.alert).toMatch('force push to refs/heads/main')
  for (const change of [{ forced: false }, { ref: 'refs/heads/try' }])
    expect((await run('./repository-guard', { ...push, payload: { ...push.payload, ...change } })).calls).toHaveLength(0)
})
