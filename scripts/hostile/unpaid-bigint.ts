// Writes a number of 300,000 digits in decimal. That is one single instruction to the JavaScript engine, which looks at no clock while it works:
// the supervisor has to kill the thread. What ran beside it is run again elsewhere, and a script that does it again and again is stopped for good.
// Ends as `cpu_exceeded`, later as `quarantined`.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    'workflow_job.completed': fingerprint,
    'workflow_job.in_progress': fingerprint,
    'workflow_job.queued': fingerprint,
  },
})

async function fingerprint() {
  // A run that has called the host cannot be run again unseen, as its calls would be made twice: this lets those before it end.
  await new Promise((resolve) => setTimeout(resolve, 300))
  return { fingerprint: (2n ** 1_000_000n).toString().slice(0, 8) }
}
