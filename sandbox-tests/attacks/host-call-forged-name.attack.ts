// There is one door, and names are text: a script that could write a call itself would still meet the gate.

import { z } from 'zod'
import { defineBinding, memoryStore } from '../../engine/index.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'each way to name a host function ends at the gate',
  threat: 'host-call',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    const asked: string[] = []
    const vault = defineBinding('vault', {
      open: {
        input: z.array(z.any()),
        output: z.any(),
        handler: () => {
          asked.push('open')
          return 'vault-canary'
        },
      },
    })
    const box = defineBinding('box', { open: { input: z.array(z.any()), output: z.any(), handler: () => 'box' } })
    const thief = `export default { needs: { box: true }, on: { x: async (_, ctx) => {
    const found = []
    for (const path of [['vault', 'open'], ['box.vault', 'open'], ['box', 'vault.open'], ['__proto__', 'open'], ['constructor', 'open'], ['box', '__proto__'], ['box', 'constructor']]) {
      try { found.push(await ctx[path[0]][path[1]]()) } catch {}
    }
    return [found, await ctx.box.open.call({ name: 'vault' }), await Reflect.apply(ctx.box.open, ctx.vault, [])]
  } } }`
    const engine = await open({
      scripts: memoryStore({ 'thief.ts': thief }),
      bindings: [vault, box],
      policy: { version: 1, defaults: { allow: { box: true } } },
    })
    const [outcome] = (await engine.emit('x', {})).outcomes
    await engine.close()
    if (asked.length > 0 || JSON.stringify(outcome?.value) !== '[[],"box","box"]') throw new Error(JSON.stringify(outcome))
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
