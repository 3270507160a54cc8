// The file system by its root.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a script that imports an absolute path is refused',
  threat: 'escape-module',
  source: script('() => data', { top: `import data from '/etc/passwd'` }),
  load: { code: 'IMPORT_FORBIDDEN', message: /absolute/ },
  expect: { status: 'load_failed' },
} satisfies Attack
