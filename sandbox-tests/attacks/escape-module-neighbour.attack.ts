// Another script's source, with its secrets in it.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a script cannot import another one',
  threat: 'escape-module',
  source: script('() => other', { top: `import * as other from './neighbour.ts'` }),
  load: { code: 'IMPORT_FORBIDDEN' },
  expect: { status: 'load_failed' },
} satisfies Attack
