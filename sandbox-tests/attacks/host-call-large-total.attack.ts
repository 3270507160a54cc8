// Allowed calls with large arguments, again and again: what they took must be given back.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'many large calls do not fill the sandbox',
  threat: 'host-call',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const text = 'x'.repeat(200000)
  for (let i = 0; i < 90; i++) await ctx.kv.set('big', text)
  return 'done'
}`,
    { needs: '{ kv: true }' },
  ),
  policy: { limits: { cpu: '10s', wall: '20s' } },
  expect: { status: 'ok', value: 'done' },
} satisfies Attack
