// Keeps every payload for ever. What a script may keep has a quota, which its policy sets.
// Ends as `exception` with the code KV_QUOTA_EXCEEDED.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { kv: true },
  on: {
    public: async (delivery: object, ctx) => {
      for (let copy = 0; copy < 10; copy++) await ctx.kv.set(`${ctx.runId}:${copy}`, delivery)
      return { kept: true }
    },
  },
})
