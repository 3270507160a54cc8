// Checks that titles of pull requests follow "type: what changes", and suggests one. Plain JavaScript works as well as TypeScript.
import { defineScript } from 'vivarium/script'

const TYPES = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test']
const CONVENTIONAL = new RegExp(`^(?:${TYPES.join('|')})(?:\\([\\w./-]+\\))?!?: \\S`)

/** @type {readonly (readonly [type: string, pattern: RegExp])[]} */
const GUESSES = [
  ['docs', /\b(?:readme|docs?|documentation|typo|spelling)\b/i],
  ['fix', /\b(?:fix(?:es|ed)?|bug|crash|error)\b/i],
  ['test', /\btests?\b/i],
  ['feat', /\b(?:add(?:s|ed)?|new|support)\b/i],
]

export default defineScript({
  name: 'Conventional titles',
  on: { 'pull_request.opened': check, 'pull_request.edited': check, 'pull_request.reopened': check },
})

/** @param {import('./lib/github.ts').PullRequestDelivery} delivery */
function check({ pull_request: pull }) {
  if (CONVENTIONAL.test(pull.title)) return { check: 'title', conclusion: 'success' }
  const type = GUESSES.find(([, pattern]) => pattern.test(pull.title))?.[0] ?? 'chore'
  const rest = pull.title.charAt(0).toLowerCase() + pull.title.slice(1).replace(/\.$/, '')
  return { check: 'title', conclusion: 'failure', summary: `How about "${type}: ${rest}"?` }
}
