// Looks for passwords and keys in everything that people push, write and publish.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { type Delivery, repositoryOf } from './lib/github.ts'
import { WARNING, warningOf } from './lib/warnings.ts'

const SECRETS = [
  { kind: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z\d]{16}\b/g },
  { kind: 'GitHub token', pattern: /\bgh[pousr]_[A-Za-z\d]{36,255}\b/g },
  { kind: 'Slack token', pattern: /\bxox[abpr]-[A-Za-z\d-]{10,250}/g },
  { kind: 'private key', pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g },
  { kind: 'password in a link', pattern: /\bhttps?:\/\/[^\s/:@]{1,64}:[^\s/:@]{3,64}@/g },
]

/** Files that nobody pushes on purpose. */
const PRIVATE_FILE = /(?:^|\/)(?:\.env(?:\.\w+)?|id_(?:rsa|ed25519)|[^/]+\.(?:pem|p12|keystore))$/

export default defineScript({
  name: 'Secret scan',
  needs: { events: [WARNING] },
  on: {
    push: scan,
    'commit_comment.created': scan,
    'discussion_comment.created': scan,
    'issues.opened': scan,
    'issue_comment.created': scan,
    'package.published': scan,
    'pull_request.opened': scan,
    'release.published': scan,
  },
})

interface Finding {
  readonly kind: string
  /** Where in the payload it was first seen: `commits[0].message`. */
  readonly where: string
  /** Never the secret itself. */
  readonly excerpt: string
}

async function scan(delivery: Delivery, ctx: ScriptContext<'events'>) {
  const findings = new Map<string, Finding>()
  for (const { where, text } of textsOf(delivery, '')) {
    for (const finding of findSecrets(text, where)) {
      const key = `${finding.kind} ${finding.excerpt}`
      if (!findings.has(key)) findings.set(key, finding)
    }
  }
  if (findings.size === 0) return
  const list = [...findings.values()]
  ctx.log.warn('secrets in sight', { repository: repositoryOf(delivery), findings: list })
  const title = `${list.length} possible secret(s): revoke first, then remove`
  await ctx.events.emit(WARNING, warningOf(title, delivery))
  return { alert: title, findings: list }
}

function findSecrets(text: string, where: string): Finding[] {
  if (PRIVATE_FILE.test(text)) return [{ kind: 'private file', where, excerpt: text }]
  return SECRETS.flatMap(({ kind, pattern }) => Array.from(text.matchAll(pattern), ([secret]) => ({ kind, where, excerpt: mask(secret) })))
}

/** Every text of a payload, with its place. */
function* textsOf(value: unknown, where: string): Generator<{ where: string; text: string }> {
  if (typeof value === 'string') yield { where, text: value }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${where}[${key}]` : `${where}${where === '' ? '' : '.'}${key}`
    yield* textsOf(inner, place)
  }
}

/** `AKIA…H53A`: enough to find it, not enough to use it. */
function mask(secret: string): string {
  return `${secret.slice(0, 4)}…${secret.slice(-4)}`
}
