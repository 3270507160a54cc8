import { expect, run, test } from 'vivarium/test'

const opened = (additions: number, labels: readonly string[] = []) =>
  run('./pr-size', 'pull_request.opened', {
    pull_request: { number: 1, title: '', additions, deletions: 0, labels: labels.map((name) => ({ name })) },
  })

test('each size has its label', async () => {
  const lines = [0, 10, 11, 50, 250, 1000, 1001]
  const labels = await Promise.all(lines.map(async (count) => (await opened(count)).value.labels[0]))
  expect(labels).toEqual(['size/XS', 'size/XS', 'size/S', 'size/S', 'size/M', 'size/L', 'size/XL'])
})

test('the old label is taken off, and no other', async () => {
  expect((await opened(60, ['size/S', 'size/M', 'bug'])).value.removeLabels).toEqual(['size/S'])
})

test('what is too large is told, and logged for who looks closely', async () => {
  const result = await opened(5000)
  expect(result.value.comment).toMatch('5000 changed lines')
  expect(result.logs[0]).toMatchObject({ level: 'debug', data: { lines: 5000 } })
})
