// Remembers which pull requests wait for a review. Each weekday morning it reminds the reviewers of those that have waited for too long.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { type PullRequestDelivery, repositoryOf } from './lib/github.ts'
import { bullets, plain } from './lib/markdown.ts'

const PATIENCE_DAYS = 2
const DAY_MS = 24 * 60 * 60 * 1000

interface Waiting {
  readonly title: string
  readonly reviewers: readonly string[]
  /** When it began to wait, as GitHub writes it. */
  readonly since: string
}

export default defineScript({
  name: 'Review reminder',
  needs: { kv: true },
  on: {
    'pull_request.review_requested': startWaiting,
    'pull_request.ready_for_review': startWaiting,
    'pull_request.reopened': startWaiting,
    'pull_request.closed': stopWaiting,
    'pull_request.converted_to_draft': stopWaiting,
    'pull_request_review.submitted': stopWaiting,
  },
  every: {
    '0 9 * * 1-5': async (_tick: unknown, ctx) => {
      const { entries } = await ctx.kv.list()
      const late = (entries as { key: string; value: Waiting }[]).filter(({ value }) => daysSince(value.since) >= PATIENCE_DAYS)
      if (late.length === 0) return
      return { comment: bullets(late.map(({ key, value }) => describe(key, value))) }
    },
  },
})

async function startWaiting(delivery: PullRequestDelivery, ctx: ScriptContext<'kv'>) {
  const { pull_request: pull } = delivery
  const reviewers = [...(pull.requested_reviewers ?? []).map(({ login }) => login), ...(pull.requested_teams ?? []).map(({ name }) => name)]
  if (pull.draft || reviewers.length === 0) return
  const waiting: Waiting = { title: pull.title, reviewers, since: pull.updated_at ?? new Date().toISOString() }
  // Only where it does not wait yet: asking a second reviewer must not start the clock again.
  const isNew = await ctx.kv.compareAndSet(keyOf(delivery), undefined, waiting)
  return { waiting: keyOf(delivery), reviewers, isNew }
}

async function stopWaiting(delivery: PullRequestDelivery, ctx: ScriptContext<'kv'>) {
  const waited = await ctx.kv.delete(keyOf(delivery))
  return waited ? { answered: keyOf(delivery) } : undefined
}

function keyOf(delivery: PullRequestDelivery): string {
  return `${repositoryOf(delivery)}#${delivery.pull_request.number}`
}

function daysSince(time: string): number {
  return Math.floor((Date.now() - Date.parse(time)) / DAY_MS)
}

function describe(key: string, { title, reviewers, since }: Waiting): string {
  return `${key} "${plain(title)}" has waited ${daysSince(since)} days for ${reviewers.map((name) => `@${name}`).join(', ')}`
}
