// Counts what happens in each repository, and writes a page about it every weekday evening.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { type Delivery, isBot, repositoryOf } from './lib/github.ts'
import { bullets, paragraphs, plain } from './lib/markdown.ts'

const COUNT = 'count:'
/** Host calls are counted: this many counts fit into one page. What is left is on the next one. */
const MOST_COUNTS = 80

interface Entry {
  readonly key: string
  readonly value: unknown
}

interface Count {
  readonly key: string
  readonly repository: string
  readonly what: string
  readonly times: number
}

export default defineScript({
  name: 'Daily digest',
  needs: { kv: true, lock: true, files: { reports: 'write' } },
  on: {
    push: count('pushes'),
    'issues.opened': count('new issues'),
    'issue_comment.created': count('comments'),
    'pull_request.opened': count('new pull requests'),
    'pull_request_review.submitted': count('reviews'),
    'release.published': count('releases'),
  },
  every: {
    // `missed: 'once'`: when the application was down at six, the page is written as soon as it is back.
    '0 18 * * 1-5': { timeZone: 'Europe/Berlin', missed: 'once', run: (tick, ctx) => writePage(tick, ctx) },
  },
})

function count(what: string) {
  return async (delivery: Delivery, ctx: ScriptContext<'kv'>): Promise<void> => {
    if (!isBot(delivery.sender)) await ctx.kv.increment(`${COUNT}${repositoryOf(delivery)}:${what}`)
  }
}

async function writePage({ scheduled }: { readonly scheduled: number }, ctx: ScriptContext<'kv' | 'lock' | 'files'>) {
  // A second application over the same store may have the same schedule. One of the two writes.
  const turn = await ctx.lock.acquire('page', { ttl: '1m', releaseAtEnd: true })
  if (turn === undefined) return

  const page: { readonly entries: readonly Entry[] } = await ctx.kv.list({ prefix: COUNT, limit: MOST_COUNTS })
  const counts = page.entries.map(readCount).filter(({ times }) => times > 0)
  if (counts.length === 0) return
  const day = new Date(scheduled).toISOString().slice(0, 10)
  const file = `reports/${day}.md`
  await ctx.files.append(file, `${describeDay(day, counts)}\n`)
  // Taken off, not removed: what was counted meanwhile stays.
  for (const { key, times } of counts) await ctx.kv.increment(key, -times)
  ctx.log.info('digest written', { file, counts: counts.length })
  return { file, events: counts.reduce((sum, { times }) => sum + times, 0) }
}

function readCount({ key, value }: Entry): Count {
  const end = key.lastIndexOf(':')
  return { key, repository: key.slice(COUNT.length, end), what: key.slice(end + 1), times: Number(value) }
}

function describeDay(day: string, counts: readonly Count[]): string {
  const repositories = Map.groupBy(counts, ({ repository }) => repository)
  const parts = [...repositories].map(([repository, all]) => {
    return `## ${plain(repository)}\n\n${bullets(all.map(({ what, times }) => `${times} ${what}`))}`
  })
  return paragraphs(`# ${day}`, ...parts)
}
