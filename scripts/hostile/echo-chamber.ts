// Answers each ping with a ping, which it answers too. No event sets itself off, directly or through others.
// Ends as `exception` with the code EVENT_LOOP.
import { defineScript } from 'vivarium/script'

export default defineScript({
  needs: { events: ['ping'] },
  on: {
    ping: async ({ zen }: { zen: string }, ctx) => {
      await ctx.events.emit('ping', { zen })
      return { answered: true }
    },
  },
})
