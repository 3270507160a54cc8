// A script that is asked for a decision, and answers with something that a careless host would take for yes.
import { z } from 'zod'
import { defineEvents, memoryStore } from '../../engine/index.ts'
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'only a valid answer decides',
  threat: 'hook',
  source: script('() => 1'),
  act: async ({ fire, open }) => {
    const bad = [
      '() => 1',
      '() => "true"',
      '() => ({ valueOf: () => true })',
      '() => [true]',
      '() => Object(true)',
      '() => () => true',
      '() => new Proxy({}, { get: () => true })',
      '() => ({ then: (yes) => yes("yes") })',
      'async () => { throw true }',
      '() => ({ status: "ok", value: true })',
    ]
    const files = Object.fromEntries(
      bad.map((run, i) => [`bad${i}.ts`, `export default { on: { allowed: { priority: 5, run: ${run} } } }`]),
    )
    const engine = await open({
      scripts: memoryStore({ ...files, 'good.ts': 'export default { on: { allowed: () => false } }' }),
      events: defineEvents({ allowed: { kind: 'decision', answer: z.boolean() } }),
    })
    const decision = await engine.decide('allowed', {})
    await engine.close()
    if (decision.value !== false || decision.decidedBy !== 'good') throw new Error(JSON.stringify(decision))
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
