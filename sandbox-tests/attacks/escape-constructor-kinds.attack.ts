// Function has three hidden siblings, reachable only through the prototypes of async functions and generators.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'the constructors of async functions and generators see no host',
  threat: 'escape-constructor',
  source: script(
    ts`async () => {
  const makers = [Object.getPrototypeOf(async () => {}).constructor, Object.getPrototypeOf(function* () {}).constructor, Object.getPrototypeOf(async function* () {}).constructor]
  let found = ''
  for (const make of makers) {
    const run = async (text: string) => {
      const made = make(text)()
      if (typeof made.then === 'function') return await made
      return (await made.next()).value
    }
    for (const name of NAMES) if ((await run('return typeof ' + name)) !== 'undefined') found += name + ' '
    if ((await run('return this')) !== globalThis && (await run('return this')) !== undefined) found += 'foreign this '
  }
  return found || 'safe'
}`,
    { top: PROBE },
  ),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
