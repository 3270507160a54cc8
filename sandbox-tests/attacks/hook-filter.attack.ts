// A script in a chain of filters: wrong types, live values, dangerous keys, endless work.
import { z } from 'zod'
import { defineEvents, memoryStore } from '../../engine/index.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a filter that answers nonsense is skipped, and the chain goes on',
  threat: 'hook',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    const bad = [
      '() => "text"',
      '() => () => 1',
      '() => NaN',
      '() => ({ valueOf: () => 5 })',
      '() => undefined',
      '() => { throw { then: 1 } }',
      '() => { for (;;); }',
      '() => JSON.parse(`{"__proto__":{"polluted":1}}`)',
      '() => new Proxy([], {})',
      '() => ({ then: (yes) => yes("x") })',
      '() => Object(5)',
    ]
    const files = Object.fromEntries(bad.map((run, i) => [`bad${i}.ts`, `export default { on: { price: { priority: 5, run: ${run} } } }`]))
    const engine = await open({
      scripts: memoryStore({ ...files, 'good.ts': 'export default { on: { price: (price) => price * 2 } }' }),
      events: defineEvents({ price: { kind: 'filter', payload: z.number() } }),
    })
    const { value, outcomes } = await engine.filter('price', 21)
    await engine.close()
    if (value !== 42 || outcomes.filter(({ status }) => status === 'ok').length !== 1 || 'polluted' in {})
      throw new Error(JSON.stringify([value, outcomes]))
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
