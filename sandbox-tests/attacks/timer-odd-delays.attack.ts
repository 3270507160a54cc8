// Delays and ids that are no numbers, or no sensible ones.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'odd delays fire at once or never, and odd ids clear nothing',
  threat: 'timer',
  source: script(ts`async () => {
  let fired = 0
  const odd: any[] = [-1, NaN, undefined, null, '0', {}, [], -Infinity, true, '\n9', 1e-9]
  await Promise.all(odd.map((delay) => new Promise<void>((yes) => setTimeout(() => { fired++; yes() }, delay))))
  let refused = 0
  for (const delay of [Symbol(), 1n, { valueOf() { throw new Error('mine') } }]) { try { setTimeout(() => 1, delay as any) } catch { refused++ } }
  for (const id of [0, -1, NaN, 1e9, 'x', {}, null, undefined, Symbol(), 2 ** 53]) clearTimeout(id as any)
  for (const delay of [Infinity, 2 ** 31, 2 ** 53, 1e300]) clearTimeout(setTimeout(() => fired++, delay))
  return [fired, refused]
}`),
  policy: { limits: { cpu: '2s' } },
  expect: { status: 'ok', value: [11, 2] },
} satisfies Attack
