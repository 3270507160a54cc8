// Schemas say what they refuse, field by field, in the script's own words.

import { z } from 'zod'
import { defineEvents, memoryStore } from '../../engine/index.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a refused answer is told in a short sentence that prints',
  threat: 'hook',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    const bad = `export default { on: { shape: () => ({ a: 1, ['k'.repeat(200000)]: 1 }), deep: () => ({ ['p'.repeat(100000)]: { x: 'no' } }),
      trick: () => ({ a: 1, ['\\x1b[2J\\u202e\\r\\n']: 1 }), trickDeep: () => ({ ['\\x1b[31m\\n']: { x: 'no' } }) } }`
    const engine = await open({
      scripts: memoryStore({ 'bad.ts': bad }),
      events: defineEvents({
        shape: { kind: 'filter', payload: z.strictObject({ a: z.number() }) },
        deep: { kind: 'filter', payload: z.record(z.string(), z.object({ x: z.number() })) },
        trick: { kind: 'filter', payload: z.strictObject({ a: z.number() }) },
        trickDeep: { kind: 'filter', payload: z.record(z.string(), z.object({ x: z.number() })) },
      }),
    })
    const outcomes = [
      ...(await engine.filter('shape', { a: 1 })).outcomes,
      ...(await engine.filter('deep', {})).outcomes,
      ...(await engine.filter('trick', { a: 1 })).outcomes,
      ...(await engine.filter('trickDeep', {})).outcomes,
    ]
    await engine.close()
    for (const { error } of outcomes)
      if (error?.code !== 'RESULT_INVALID' || error.message.length > 3000 || /[\p{Cc}\p{Cf}]/u.test(error.message))
        throw new Error(JSON.stringify(error).slice(0, 300))
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
