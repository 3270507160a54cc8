// Pretends that it was stopped by a limit, to look better in the statistics. What counts is what happened, not what an error says.
// Ends as a plain `exception`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    'merge_group.checks_requested': () => {
      throw Object.assign(new Error('Script execution timed out'), { status: 'cpu_exceeded' })
    },
  },
})
