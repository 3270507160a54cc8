import { expect, run, test } from 'vivarium/test'

const EVENING = 'every 0 18 * * 1-5'
const IN_SHOP = { repository: { full_name: 'octo/shop' }, sender: { login: 'octocat' } }
const IN_SITE = { ...IN_SHOP, repository: { full_name: 'octo/site' } }
const clock = '2026-03-02T17:00:00Z'

test('a page has what was counted, by repository', async () => {
  for (const delivery of [IN_SHOP, IN_SITE, IN_SHOP]) await run('./daily-digest', 'push', delivery)
  await run('./daily-digest', 'issues.opened', IN_SHOP)
  const pages = new Map<string, string>()
  const append = (path: string, text: string) => void pages.set(path, text)
  const result = await run('./daily-digest', EVENING, undefined, { clock, ctx: { files: { append } } })
  expect(result.value).toEqual({ file: 'reports/2026-03-02.md', events: 4 })
  expect([...pages]).toEqual([
    ['reports/2026-03-02.md', '# 2026-03-02\n\n## octo/shop\n\n- 1 new issues\n- 2 pushes\n\n## octo/site\n\n- 1 pushes\n'],
  ])
})

test('nothing is said twice, and nothing about nothing', async () => {
  await run('./daily-digest', 'push', IN_SHOP)
  const ctx = { files: { append: undefined } }
  expect((await run('./daily-digest', EVENING, undefined, { clock, ctx })).value.events).toBe(1)
  const next = await run('./daily-digest', EVENING, undefined, { clock, ctx })
  expect(next.value).toBeUndefined()
  expect(next.calls.some(({ name }) => name.startsWith('files.'))).toBe(false)
})

test('a page that could not be written loses no count', async () => {
  await run('./daily-digest', 'push', IN_SHOP)
  const append = () => {
    throw Object.assign(new Error('the folder is full'), { code: 'FILES_QUOTA_EXCEEDED' })
  }
  const failed = await run('./daily-digest', EVENING, undefined, { clock, ctx: { files: { append } } })
  expect(failed.error?.code).toBe('FILES_QUOTA_EXCEEDED')
  const next = await run('./daily-digest', EVENING, undefined, { clock, ctx: { files: { append: undefined } } })
  expect(next.value.events).toBe(1)
})

test('somebody else who is at it is left alone', async () => {
  await run('./daily-digest', 'push', IN_SHOP)
  const result = await run('./daily-digest', EVENING, undefined, { clock, ctx: { lock: { acquire: undefined } } })
  expect(result.calls.map(({ name }) => name)).toEqual(['lock.acquire'])
})

test('what programs do is not counted', async () => {
  const result = await run('./daily-digest', 'push', { ...IN_SHOP, sender: { login: 'renovate[bot]' } })
  expect(result.calls).toHaveLength(0)
})
