import { expect, fixture, run, test } from 'vivarium/test'

const opened = (issue: object) => run('.', 'issues.opened', { issue: { number: 1, body: 'It is so.', ...issue } })

test('words give labels, by the rules', async () => {
  expect((await opened({ title: 'Crash at start' })).value).toEqual({ labels: ['bug', 'priority/high'] })
  const result = await opened({ title: 'CVE-2026-1 in the parser' })
  expect(result.value.labels).toEqual(['security'])
  expect(result.value.comment).toMatch('SECURITY.md')
})

test('labels that are there are not given again; where nothing is left, nothing is said', async () => {
  expect((await opened({ title: 'slow', labels: [{ name: 'performance' }] })).value).toBeUndefined()
  expect((await opened({ title: 'A question' })).value).toBeUndefined()
})

test('an issue without details is asked for some', async () => {
  const result = await run('.', await fixture('issues.opened'))
  expect(result.value.labels).toContain('needs details')
  expect(result.value.comment).toMatch('what you expected')
})
