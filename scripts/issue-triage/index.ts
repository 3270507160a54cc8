// Labels issues by the rules in rules.json, and asks for details where there are none.
// To change what it does, edit the rules: they are read again when you save them.
import { defineScript } from 'vivarium/script'
import { type IssueDelivery, labelsOf } from '../lib/github.ts'
import rules from './rules.json' with { type: 'json' }

export default defineScript({
  name: 'Issue triage',
  on: {
    'issues.opened': triage,
    'issues.edited': triage,
    'issues.reopened': triage,
  },
})

/** Returns what is to be done with the issue, or nothing. The application that runs the script does it. */
function triage({ issue }: IssueDelivery) {
  const text = `${issue.title}\n${issue.body ?? ''}`.toLowerCase()
  const matching = rules.filter((rule) => rule.words.some((word) => text.includes(word)))
  const labels = new Set(matching.flatMap((rule) => rule.labels))
  const comments = matching.flatMap((rule) => rule.comment ?? [])

  if (!issue.body?.trim()) {
    labels.add('needs details')
    comments.push('Could you describe what you did, what you expected and what happened instead?')
  }
  for (const label of labelsOf(issue)) labels.delete(label)

  if (labels.size === 0 && comments.length === 0) return
  return { labels: [...labels], ...(comments.length > 0 && { comment: comments.join('\n\n') }) }
}
