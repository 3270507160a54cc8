// Asks for a hundred entries at once instead of listing them. Only some calls may wait at the same time.
// Ends as `exception`: the promise of the first call too many is rejected with the code PENDING_HOST_CALLS_EXCEEDED.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { kv: true },
  on: {
    team_add: async (_delivery: object, ctx) => {
      const members = await Promise.all(Array.from({ length: 100 }, (_, index) => ctx.kv.get(`member:${index}`)))
      return { members: members.length }
    },
  },
})
