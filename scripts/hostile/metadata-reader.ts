// Has a name of its own point to the address where clouds hand out the credentials of a machine. The name is granted; the address that it leads to is looked at.
// Ends as `exception` with the code HTTP_ADDRESS_DENIED.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { http: ['metadata.example.com'] },
  on: {
    repository_import: async (_delivery: object, ctx) => {
      const response = await ctx.http.fetch('https://metadata.example.com/latest/meta-data/iam/security-credentials/')
      return { credentials: await response.text() }
    },
  },
})
