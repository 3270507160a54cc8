import { expect, run, test } from 'vivarium/test'

function pullOf(login: string, type = 'User') {
  return { pull_request: { number: 43, title: 'fix: typo', user: { login, type } }, repository: { full_name: 'octo/shop' } }
}

test('who has signed passes, and is not asked for again', async () => {
  const ctx = { http: { fetch: { status: 200, body: { signed: '2019-05-15' } } } }
  const first = await run('./cla-check', 'pull_request.opened', pullOf('octo cat'), { ctx })
  expect(first.value).toEqual({ check: 'cla', conclusion: 'success' })
  expect(first.calls.find(({ name }) => name === 'http.fetch')?.args[0]).toBe('https://cla.example.com/signatures/octo%20cat')
  const second = await run('./cla-check', 'pull_request.synchronize', pullOf('octo cat'))
  expect(second.value).toEqual({ check: 'cla', conclusion: 'success' })
  expect(second.calls.map(({ name }) => name)).toEqual(['cache.get'])
})

test('who has not is asked to', async () => {
  const ctx = { http: { fetch: { status: 404 } } }
  const result = await run('./cla-check', 'pull_request.opened', pullOf('newcomer'), { ctx })
  expect(result.value.conclusion).toBe('action_required')
  expect(result.value.summary).toMatch('@newcomer')
})

test('a register that is down says nothing about anybody', async () => {
  const result = await run('./cla-check', 'pull_request.opened', pullOf('newcomer'), { ctx: { http: { fetch: { status: 502 } } } })
  expect(result.error?.message).toBe('The register answered 502.')
  expect(result.calls.some(({ name }) => name === 'cache.set')).toBe(false)
})

test('programs sign nothing', async () => {
  const result = await run('./cla-check', 'pull_request.opened', pullOf('renovate[bot]', 'Bot'))
  expect(result.value.conclusion).toBe('skipped')
  expect(result.calls).toHaveLength(0)
})
