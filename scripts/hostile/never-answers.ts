// Waits an hour before it looks at a commit's status again. Waiting is cheap, but a run that waits occupies a sandbox.
// Ends as `wall_exceeded`.
import { defineScript } from 'vivarium/script'

const HOUR_MS = 60 * 60 * 1000

export default defineScript({
  on: {
    async status({ state }: { state: string }) {
      await new Promise((resolve) => setTimeout(resolve, HOUR_MS))
      return { state }
    },
  },
})
