// URLs and data: as modules.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a script that imports from a URL is refused',
  threat: 'escape-module',
  source: script('() => 1', { top: `import 'data:text/javascript,globalThis.pwned = 1'` }),
  load: { code: 'IMPORT_FORBIDDEN', message: /URL/ },
  expect: { status: 'load_failed' },
} satisfies Attack
