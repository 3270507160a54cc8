// Modules of Node, in every spelling.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a script that imports a module of Node is refused with the place',
  threat: 'escape-module',
  source: script('() => 1', {
    top: `import 'node:fs'\nimport { execSync } from 'child_process'\nimport { Worker } from 'worker_threads'\nexecSync; Worker`,
  }),
  load: { code: 'IMPORT_FORBIDDEN', message: /part of Node/ },
  expect: { status: 'load_failed' },
} satisfies Attack
