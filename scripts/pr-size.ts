// Puts one label on every pull request that says how big it is, and takes the old one off when that changes.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { labelsOf, type PullRequestDelivery } from './lib/github.ts'

/** Changed lines up to which a size goes. */
const SIZES = [
  { label: 'size/XS', upTo: 10 },
  { label: 'size/S', upTo: 50 },
  { label: 'size/M', upTo: 250 },
  { label: 'size/L', upTo: 1000 },
  { label: 'size/XL', upTo: Number.POSITIVE_INFINITY },
]

export default defineScript({
  name: 'Pull request size',
  on: {
    'pull_request.opened': label,
    'pull_request.reopened': label,
    'pull_request.synchronize': label, // somebody pushed to it
  },
})

function label({ pull_request: pull }: PullRequestDelivery, ctx: ScriptContext) {
  const lines = (pull.additions ?? 0) + (pull.deletions ?? 0)
  const size = SIZES.find(({ upTo }) => lines <= upTo)?.label ?? 'size/XL'
  const outdated = labelsOf(pull).filter((name) => name.startsWith('size/') && name !== size)
  ctx.log.debug('measured', { number: pull.number, lines, files: pull.changed_files })
  return {
    labels: [size],
    removeLabels: outdated,
    ...(size === 'size/XL' && { comment: `${lines} changed lines are hard to review. Can you split this into smaller pull requests?` }),
  }
}
