// One timer more than allowed, then clearing and setting again.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'timer 33 is refused; those that were cleared count no more',
  threat: 'timer',
  source: script(ts`() => {
  const codes: any[] = []
  const ids: any[] = []
  for (let i = 0; i < 40; i++) { try { ids.push(setTimeout(() => 1, 1e9)) } catch (error: any) { codes.push(error.code) } }
  for (const id of ids) clearTimeout(id)
  for (let i = 0; i < 1000; i++) clearTimeout(setInterval(() => 1, 0))
  return [ids.length, codes.length, codes[0]]
}`),
  policy: { limits: { cpu: '2s' } },
  expect: { status: 'ok', value: [32, 8, 'TIMERS_EXCEEDED'] },
} satisfies Attack
