// Sets a reminder for each of a thousand watchers.
// Ends as `exception` with the code TIMERS_EXCEEDED.
import { defineScript } from 'vivarium/script'

export default defineScript({
  on: {
    'watch.started': (_delivery: object, ctx) => {
      for (let watcher = 0; watcher < 1000; watcher++) setTimeout(() => ctx.log.info('remember', { watcher }), 1000)
      return { reminders: 1000 }
    },
  },
})
