// Merges settings without a second thought, and so makes every object an administrator. It works, in a sandbox of its own that ends with the run:
// the next run finds clean objects again.
// Ends as `ok`; its result says what it found at the start.
import { defineScript } from 'vivarium/script'

const SETTINGS = '{ "greeting": "hello", "__proto__": { "isAdmin": true } }'

export default defineScript({
  on: {
    'member.added': ({ member }: { member: { isAdmin?: boolean } }) => {
      const foundFromEarlierRun = 'isAdmin' in {}
      merge({}, JSON.parse(SETTINGS))
      return { foundFromEarlierRun, isAdminNow: member.isAdmin === true }
    },
  },
})

interface Settings {
  [key: string]: string | boolean | Settings
}

function merge(target: Settings, source: Settings): void {
  for (const [key, value] of Object.entries(source)) {
    const into = target[key]
    if (typeof value === 'object' && typeof into === 'object') merge(into, value)
    else target[key] = value
  }
}
