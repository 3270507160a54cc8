// A script that may not log, and fills its memory at load so that this cannot be told to it.
import { memoryStore } from '../../engine/index.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'no load escapes its grant by leaving no room for it',
  threat: 'log',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    for (let free = 0; free < 160; free += 8) {
      const hog = `const hog = []; for (let i = 0; i < (16 * 1024 - 320 - ${free}) / 4; i++) hog.push(new Uint8Array(4000)); export default (event, ctx) => { ctx.log.info('leaked'); return hog.length > 0 }`
      const engine = await open({
        scripts: memoryStore({ 'hog.ts': hog }),
        policy: { version: 1, defaults: { allow: { log: false } } },
      })
      const [outcome] = (await engine.emit('x', {})).outcomes
      await engine.close()
      if ((outcome?.logs.length ?? 0) > 0) throw new Error(`with ${free} KiB free it wrote a log entry`)
    }
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
