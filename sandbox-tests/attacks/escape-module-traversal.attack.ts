// Out of the scripts directory, step by step.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a script that climbs out of the scripts directory is refused',
  threat: 'escape-module',
  source: script('() => data', { top: `import data from './lib/../../../../package.json'` }),
  load: { code: 'IMPORT_FORBIDDEN' },
  expect: { status: 'load_failed' },
} satisfies Attack
