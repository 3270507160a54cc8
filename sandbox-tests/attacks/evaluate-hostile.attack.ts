// Code that is in no store: the same attacks through the other door.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'evaluate gives hostile code no more than a script has',
  threat: 'evaluate',
  source: script('() => 1'),
  act: async ({ engine, fire }) => {
    const codes: [string, string][] = [
      ['export default () => { for (;;); }', 'cpu_exceeded'],
      ['for (;;);', 'load_failed'],
      ['import "node:fs"; export default () => 1', 'load_failed'],
      ['import x from "./neighbour.ts"; export default () => x', 'load_failed'],
      ['export default () => () => 1', 'exception'],
      ['}) (); throw 1; (() => {', 'load_failed'],
      ['', 'load_failed'],
      ['export default 1', 'load_failed'],
      ['export default { needs: { evil: true }, on: { x: () => 1 } }', 'denied'],
      ['export default () => typeof process + typeof require + typeof globalThis.neighbourSecret', 'ok'],
      ['\u0000', 'load_failed'],
      ['export default () => "\\ud800\\u0000"', 'ok'],
    ]
    for (const [code, status] of codes) {
      const outcome = await engine.evaluate(code, { event: { n: 1 } })
      if (outcome.status !== status) throw new Error(`${code}: ${outcome.status} ${outcome.error?.message}`)
    }
    return [await fire()]
  },
  expect: { status: 'ok', value: 1 },
} satisfies Attack
