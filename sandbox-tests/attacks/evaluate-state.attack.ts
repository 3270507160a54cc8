// The same code twice: the second run must not find what the first one left.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'evaluated code leaves nothing for its next run',
  threat: 'evaluate',
  source: script('() => 1'),
  act: async ({ engine, fire }) => {
    const code = 'let n = 0; export default (event) => { globalThis.left ??= 0; return [n++, globalThis.left++, event.n] }'
    for (const n of [1, 2, 3]) {
      const { value } = await engine.evaluate(code, { event: { n } })
      if (JSON.stringify(value) !== `[0,0,${n}]`) throw new Error(JSON.stringify(value))
    }
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
