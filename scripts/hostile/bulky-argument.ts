// Stores a whole archive under one key. A single call may carry only so much.
// Ends as `exception` with the code HOST_CALL_ARGUMENT_TOO_LARGE.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { kv: true },
  on: {
    'milestone.created': async ({ milestone }: { milestone: { number: number } }, ctx) => {
      await ctx.kv.set(`milestone:${milestone.number}`, 'x'.repeat(100_000))
      return { archived: true }
    },
  },
})
