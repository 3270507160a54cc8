import { expect, run, test } from 'vivarium/test'

const completed = (conclusion: string | null, head_sha = 'ec26c3e57ca3a959ca5aad62de7213c562f8c821') =>
  run('./flaky-checks', 'check_run.completed', {
    check_run: { name: 'lint', head_sha, conclusion },
    repository: { full_name: 'octo/shop' },
  })

test('a check that fails and succeeds on one commit is flaky', async () => {
  expect((await completed('failure')).value).toBeUndefined()
  const result = await completed('success')
  expect(result.value).toEqual({ flaky: 'lint', sha: 'ec26c3e', times: 1, labels: ['flaky test'] })
  expect(result.logs[0]).toMatchObject({ level: 'warn', message: 'flaky check' })
})

test('it is counted how often', async () => {
  for (const sha of ['aaaaaaaaaa', 'bbbbbbbbbb']) {
    await completed('failure', sha)
    await completed('success', sha)
  }
  await completed('success', 'cccccccccc')
  expect((await completed('failure', 'cccccccccc')).value.times).toBe(3)
})

test('on two commits, or with another end, it is not', async () => {
  await completed('failure', 'aaaaaaaaaa')
  expect((await completed('success', 'bbbbbbbbbb')).value).toBeUndefined()
  for (const conclusion of ['cancelled', null]) expect((await completed(conclusion)).calls).toHaveLength(0)
})
