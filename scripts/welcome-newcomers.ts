// Greets people at their first issue or pull request, once.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { type Issue, type IssueDelivery, isBot, isMaintainer, type PullRequestDelivery, repositoryOf } from './lib/github.ts'
import { paragraphs, plain } from './lib/markdown.ts'

export default defineScript({
  name: 'Welcome newcomers',
  needs: { kv: true },
  on: {
    'issues.opened': (delivery: IssueDelivery, ctx) => welcome(delivery.issue, repositoryOf(delivery), ctx),
    'pull_request.opened': (delivery: PullRequestDelivery, ctx) => welcome(delivery.pull_request, repositoryOf(delivery), ctx),
  },
})

async function welcome(contribution: Issue, repository: string, ctx: ScriptContext<'kv'>) {
  const { user, number } = contribution
  if (!user || isBot(user)) return

  // `increment` counts correctly even when two contributions arrive at the same moment.
  const contributions = await ctx.kv.increment(`${repository}:${user.login}`)
  if (contributions > 1 || isMaintainer(contribution)) return { contributor: user.login, contributions }

  ctx.log.info('a newcomer', { login: user.login, repository })
  const comment = paragraphs(
    `Welcome, @${user.login}, and thank you for your first contribution to ${plain(repository)}!`,
    'Somebody will look at it within a few days. CONTRIBUTING.md says how things work here.',
  )
  return { contributor: user.login, contributions, number, comment }
}
