// A file in the scripts directory that points out of it.
import { symlinkSync } from 'node:fs'
import { tempDirectory } from '../harness/temp-directory.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a symbolic link out of the scripts directory is not followed',
  threat: 'escape-module',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    using outside = tempDirectory({ 'secret.json': '{"secret":"outside-canary"}' })
    using inside = tempDirectory({ 'thief.ts': `import data from './link.json'\nexport default () => data` })
    symlinkSync(`${outside.path}/secret.json`, `${inside.path}/link.json`)
    const engine = await open({ scripts: inside.path })
    const [thief] = engine.scripts()
    const [outcome] = (await engine.emit('x', {})).outcomes
    await engine.close()
    if (thief?.status !== 'failed' || JSON.stringify([thief, outcome]).includes('outside-canary'))
      throw new Error(JSON.stringify([thief, outcome]))
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
