// Time in tests: the clock shows what the test says.
import { expect, run, test } from 'vivarium/test'

const MORNING = 'every 0 9 * * 1-5'

function asked(number: number, change: object = {}) {
  const pull_request = {
    number,
    title: 'A *bold* change',
    updated_at: '2026-03-02T09:00:00Z',
    requested_reviewers: [{ login: 'ada' }],
    ...change,
  }
  return { pull_request, repository: { full_name: 'octo/shop' } }
}

test('who has not answered for two days is reminded', async () => {
  await run('./review-reminder', 'pull_request.review_requested', asked(1))
  expect((await run('./review-reminder', MORNING, undefined, { clock: '2026-03-03T09:00:00Z' })).value).toBeUndefined()
  const { value } = await run('./review-reminder', MORNING, undefined, { clock: '2026-03-05T09:00:00Z' })
  expect(value.comment).toBe('- octo/shop#1 "A \\*bold\\* change" has waited 3 days for @ada')
})

test('who has, is not', async () => {
  await run('./review-reminder', 'pull_request.review_requested', asked(1))
  const answered = await run('./review-reminder', 'pull_request_review.submitted', asked(1))
  expect(answered.value).toEqual({ answered: 'octo/shop#1' })
  expect((await run('./review-reminder', MORNING, undefined, { clock: '2026-04-01T09:00:00Z' })).value).toBeUndefined()
})

test('a second reviewer does not start the clock again', async () => {
  await run('./review-reminder', 'pull_request.review_requested', asked(1))
  const later = asked(1, { updated_at: '2026-03-04T09:00:00Z', requested_teams: [{ name: 'core' }] })
  const result = await run('./review-reminder', 'pull_request.review_requested', later)
  expect(result.value).toEqual({ waiting: 'octo/shop#1', reviewers: ['ada', 'core'], isNew: false })
})

test('drafts wait for nobody', async () => {
  expect((await run('./review-reminder', 'pull_request.reopened', asked(1, { draft: true }))).calls).toHaveLength(0)
})
