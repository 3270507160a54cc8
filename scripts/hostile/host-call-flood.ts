// Counts to a thousand in the store, five calls at a time.
// Ends as `host_calls_exceeded`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { kv: true },
  on: {
    async create(_delivery: object, ctx) {
      let count = 0
      while (count < 1000) {
        const counts: number[] = await Promise.all(Array.from({ length: 5 }, () => ctx.kv.increment('count')))
        count = Math.max(...counts)
      }
      return { count }
    },
  },
})
