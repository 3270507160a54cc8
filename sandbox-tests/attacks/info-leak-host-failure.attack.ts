// What a host function throws holds stacks, paths and secrets: the script may learn none of it.
import { z } from 'zod'
import { defineBinding, memoryStore } from '../../engine/index.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a failing host function tells the script nothing',
  threat: 'info-leak',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    const fails = defineBinding('evil', {
      fail: {
        input: z.tuple([]),
        output: z.void(),
        handler: () => {
          throw Object.assign(new Error(`secret-canary in ${import.meta.filename}`), { code: 'SECRET' })
        },
      },
    })
    const thief = `export default { needs: { evil: true }, on: { x: async (_, ctx) => { try { await ctx.evil.fail() } catch (error) { return [error.code, error.message, error.stack, JSON.stringify(error)] } } } }`
    const engine = await open({
      scripts: memoryStore({ 'thief.ts': thief }),
      bindings: [fails],
      policy: { version: 1, defaults: { allow: { evil: true } } },
    })
    const [outcome] = (await engine.emit('x', {})).outcomes
    await engine.close()
    const seen = JSON.stringify(outcome)
    if (outcome?.status !== 'ok' || (outcome.value as string[])[0] !== 'HOST_FAILURE' || /secret-canary|SECRET|attack\.ts/.test(seen))
      throw new Error(seen)
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
