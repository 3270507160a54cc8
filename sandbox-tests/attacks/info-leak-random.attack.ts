// Randomness that repeats across runs can be foreseen; one that is shared tells of others.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'each run has randomness of its own, and loading has none',
  threat: 'info-leak',
  source: script(ts`() => [Math.random(), crypto.randomUUID(), atLoad]`, {
    top: 'const atLoad = [Math.random(), crypto.randomUUID(), Date.now()].join()',
  }),
  act: async ({ fire, engine }) => {
    const outcomes = [await fire(), await fire()]
    const [a, b] = outcomes.map(({ value }) => value as [number, string, string])
    if (a?.[0] === b?.[0] || a?.[1] === b?.[1] || a?.[2] !== b?.[2]) throw new Error(JSON.stringify([a, b]))
    await engine.reload()
    return outcomes
  },
  expect: [
    { status: 'ok', check: () => undefined },
    { status: 'ok', check: () => undefined },
  ],
} satisfies Attack
