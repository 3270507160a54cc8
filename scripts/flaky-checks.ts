// Finds flaky checks: those that both fail and succeed on the very same commit.
import { defineScript } from 'vivarium/script'
import { type Delivery, repositoryOf, shortSha } from './lib/github.ts'

interface CheckDelivery extends Delivery {
  readonly check_run: { readonly name: string; readonly head_sha: string; readonly conclusion: string | null }
}

export default defineScript({
  name: 'Flaky checks',
  needs: { kv: true },
  on: {
    async 'check_run.completed'(delivery: CheckDelivery, ctx) {
      const { name, head_sha: sha, conclusion } = delivery.check_run
      if (conclusion !== 'success' && conclusion !== 'failure') return

      const key = `${repositoryOf(delivery)}:${name}:${sha}`
      const opposite = conclusion === 'success' ? 'failure' : 'success'
      // First count this result, then look for the other kind: so one of two simultaneous runs always sees both.
      await ctx.kv.increment(`${key}:${conclusion}`, 1, { ttl: '30d' })
      const contradicted = await ctx.kv.get(`${key}:${opposite}`)
      if (contradicted === undefined) return

      const times = await ctx.kv.increment(`flaky:${repositoryOf(delivery)}:${name}`)
      ctx.log.warn('flaky check', { check: name, sha: shortSha(sha), times })
      return { flaky: name, sha: shortSha(sha), times, labels: ['flaky test'] }
    },
  },
})
