// Keeps track of what runs where: for each environment the commit that was deployed last.
import { defineScript } from 'vivarium/script'
import { type Delivery, repositoryOf, shortSha } from './lib/github.ts'

interface DeploymentDelivery extends Delivery {
  readonly deployment_status: { readonly state: string; readonly environment: string; readonly created_at: string }
  readonly deployment: { readonly sha: string }
}

interface Deployed {
  readonly sha: string
  readonly at: string
}

export default defineScript({
  name: 'Deploy log',
  needs: { kv: true },
  on: {
    async 'deployment_status.created'(delivery: DeploymentDelivery, ctx) {
      const { state, environment, created_at: at } = delivery.deployment_status
      const { sha } = delivery.deployment
      const key = `${repositoryOf(delivery)}:${environment}`
      if (state === 'failure' || state === 'error') return { alert: `Deployment of ${shortSha(sha)} to ${environment} failed` }
      if (state !== 'success') return

      const previous: Deployed | undefined = await ctx.kv.get(key)
      if (previous !== undefined && previous.at > at) return // an old delivery that was sent again
      await ctx.kv.set(key, { sha, at } satisfies Deployed)
      const isNew = previous?.sha !== sha
      return { environment, sha: shortSha(sha), isNew, ...(previous && isNew && { compare: `${previous.sha}...${sha}` }) }
    },
  },
})
