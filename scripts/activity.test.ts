import { expect, run, test } from 'vivarium/test'

const BY_OCTOCAT = { sender: { login: 'octocat' }, repository: { full_name: 'octo/shop' } }

test('an event with an action is a sentence', async () => {
  expect((await run('./activity', 'pull_request.opened', BY_OCTOCAT)).value).toBe('octocat opened a pull request in octo/shop')
})

test('an event without one is a note, also when nobody and nothing is known', async () => {
  expect((await run('./activity', 'push', BY_OCTOCAT)).value).toBe('octocat: push in octo/shop')
  expect((await run('./activity', 'ping')).value).toBe('Somebody: ping in GitHub')
})
