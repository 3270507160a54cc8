// Writes release notes. Merged pull requests and pushed commits are kept until a release is published; then they become its notes.
import { defineScript } from 'vivarium/script'
import { type Delivery, isDefaultBranch, type PullRequestDelivery, type PushDelivery, repositoryOf, shortSha } from './lib/github.ts'
import { firstLine, paragraphs, plain, section } from './lib/markdown.ts'

interface Change {
  readonly title: string
  readonly by: string
  /** `#12` or `6113728`. */
  readonly reference: string
}

interface ReleaseDelivery extends Delivery {
  readonly release: { readonly tag_name: string; readonly name?: string | null; readonly draft?: boolean }
}

/** Host calls are counted: this many changes fit into one run. The rest waits for the next release. */
const MOST_CHANGES = 80

const SECTIONS = [
  { heading: 'Breaking changes', pattern: /^\w+(?:\([^)]*\))?!:|\bbreaking\b/i },
  { heading: 'New', pattern: /^(?:feat|add)/i },
  { heading: 'Fixed', pattern: /^(?:fix|repair|revert)/i },
  { heading: 'Other changes', pattern: /^/ },
]

export default defineScript({
  name: 'Release notes',
  needs: { kv: true },
  on: {
    async 'pull_request.closed'(delivery: PullRequestDelivery, ctx) {
      const { pull_request: pull } = delivery
      if (!pull.merged) return
      const change: Change = { title: pull.title, by: pull.user?.login ?? 'unknown', reference: `#${pull.number}` }
      await ctx.kv.set(`${repositoryOf(delivery)}:${change.reference}`, change)
    },

    async push(delivery: PushDelivery, ctx) {
      if (!isDefaultBranch(delivery)) return
      for (const { id, message, author } of delivery.commits ?? []) {
        if (message.startsWith('Merge ')) continue // its pull request is in the notes already
        const change: Change = { title: firstLine(message), by: author?.username ?? author?.name ?? 'unknown', reference: shortSha(id) }
        await ctx.kv.set(`${repositoryOf(delivery)}:${id}`, change)
      }
    },

    async 'release.published'(delivery: ReleaseDelivery, ctx) {
      const changes: Change[] = []
      const page = await ctx.kv.list({ prefix: `${repositoryOf(delivery)}:`, limit: MOST_CHANGES })
      for (const { key, value } of page.entries) {
        // Two releases at the same moment: only one of them gets to delete the entry, and mentions it.
        if (await ctx.kv.delete(key)) changes.push(value as Change)
      }
      if (changes.length === 0) return
      ctx.log.info('release notes written', { tag: delivery.release.tag_name, changes: changes.length })
      return { release: delivery.release.tag_name, body: writeNotes(changes) }
    },
  },
})

function writeNotes(changes: readonly Change[]): string {
  const groups = Map.groupBy(changes, ({ title }) => SECTIONS.find(({ pattern }) => pattern.test(title))?.heading)
  const thanks = [...new Set(changes.map(({ by }) => plain(by)))].sort()
  return paragraphs(
    ...SECTIONS.map(({ heading }) => section(heading, (groups.get(heading) ?? []).map(describeChange))),
    `Thanks to ${thanks.join(', ')}.`,
  )
}

function describeChange({ title, by, reference }: Change): string {
  return `${plain(title)} (${reference}, ${plain(by)})`
}
