// Patterns whose work doubles with each letter.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a pattern that backtracks without end is cut',
  threat: 'regexp',
  source: script(ts`(event: any) => {
  const text = 'a'.repeat(40) + '!'
  const ways: any[] = [() => /^(a+)+$/.test(text), () => /(.*)*x/.exec(text), () => text.replace(/^(([a-z])+.)+[A-Z]([a-z])+$/, ''), () => text.match(/(a|aa)+$/), () => text.split(/(a*)*b/)]
  return ways[event.n]()
}`),
  act: async ({ fire }) => [await fire({ n: 0 }), await fire({ n: 1 }), await fire({ n: 3 })],
  expect: [{ status: 'cpu_exceeded' }, { status: 'cpu_exceeded' }, { status: 'cpu_exceeded' }],
} satisfies Attack
