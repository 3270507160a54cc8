// Logs the whole payload for every field of it. What is over the limit is dropped, with one entry that says so; the run itself is fine.
// Ends as `ok`, and its log as `truncated`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    delete: (delivery: object, ctx) => {
      for (const field of Object.keys(delivery)) ctx.log.info(`looking at ${field}`, delivery)
      return { fields: Object.keys(delivery).length }
    },
  },
})
