// Tells a chat what cannot wait: releases, failed deployments, and what other scripts warn of. Every message is signed, and is sent once, however often GitHub says it.
import { defineScript, type ScriptContext } from 'vivarium/script'
import { type Delivery, repositoryOf, shortSha } from './lib/github.ts'
import type { Warning } from './lib/warnings.ts'

const CHAT = 'https://hooks.example.com/chat'
/** The same message is not sent again for so long. */
const QUIET_TIME = '1h'

interface ReleaseDelivery extends Delivery {
  readonly release: { readonly tag_name: string; readonly draft?: boolean }
}

interface DeploymentDelivery extends Delivery {
  readonly deployment_status: { readonly state: string; readonly environment: string }
  readonly deployment: { readonly sha: string }
}

type Context = ScriptContext<'http' | 'secrets' | 'crypto' | 'lock'>

export default defineScript({
  name: 'Notifier',
  // HOOK_TOKEN opens the chat's door, HOOK_KEY signs. The script uses both without ever seeing them.
  needs: { http: ['POST hooks.example.com'], secrets: ['HOOK_TOKEN', 'HOOK_KEY'], crypto: true, lock: true },
  on: {
    // Emitted by other scripts: see lib/warnings.ts.
    'warning.raised': (warning: Warning, ctx) => tell(`Warning for ${repositoryOf(warning)}: ${warning.title}`, ctx),
    'release.published': (delivery: ReleaseDelivery, ctx) => {
      if (!delivery.release.draft) return tell(`${repositoryOf(delivery)} ${delivery.release.tag_name} is out`, ctx)
    },
    'deployment_status.created': (delivery: DeploymentDelivery, ctx) => {
      const { state, environment } = delivery.deployment_status
      if (state !== 'failure' && state !== 'error') return
      return tell(`${repositoryOf(delivery)}: deploying ${shortSha(delivery.deployment.sha)} to ${environment} failed`, ctx)
    },
  },
})

async function tell(text: string, ctx: Context) {
  // Whoever gets the lock sends the message; it is not given back, so that nobody else does until it expires.
  const name = await ctx.crypto.hash('sha-256', text)
  const turn = await ctx.lock.acquire(name, { ttl: QUIET_TIME })
  if (turn === undefined) return { said: text, again: true }
  try {
    await send(text, ctx)
  } catch (error) {
    await ctx.lock.release(name, turn.token) // nobody has heard it: the next one may try
    throw error
  }
  return { said: text }
}

async function send(text: string, ctx: Context): Promise<void> {
  const body = JSON.stringify({ text })
  const signature = await ctx.crypto.hmac('sha-256', '{{secret:HOOK_KEY}}', body)
  const headers = {
    authorization: 'Bearer {{secret:HOOK_TOKEN}}',
    'content-type': 'application/json',
    'x-signature-256': `sha256=${signature}`,
  }
  const response = await ctx.http.fetch(CHAT, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`The chat answered ${response.status}: ${(await response.text()).slice(0, 200)}`)
}
