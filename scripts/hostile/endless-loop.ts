// Waits for a build by asking again and again. Nothing changes while a script computes, so it would ask for ever.
// Ends as `cpu_exceeded`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    page_build: ({ build }: { build: { status: string } }) => {
      let polls = 0
      while (build.status !== 'live') polls++
      return { live: true, polls }
    },
  },
})
