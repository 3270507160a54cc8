// Counts to a thousand in the store, one call at a time.
// Ends as `host_calls_exceeded`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { kv: true },
  on: {
    async create(_delivery: object, ctx) {
      let count = 0
      while (count < 1000) count = await ctx.kv.increment('count')
      return { count }
    },
  },
})
