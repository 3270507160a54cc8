// Functions that were not granted, under forged and foreign names.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what was not granted is not there, and refused where it is asked for',
  threat: 'info-leak',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const own = [typeof ctx.secrets, typeof ctx.http, typeof ctx.kv.list, Object.isFrozen(ctx), Object.isFrozen(ctx.kv), Object.getPrototypeOf(ctx.kv)]
  let changed = ''
  try { ctx.kv = { get: () => 'forged' }; changed += 'kv ' } catch {}
  try { ctx.kv.drop = () => 1; changed += 'method ' } catch {}
  try { ctx.runId = 'other'; changed += 'run ' } catch {}
  return [...own, changed]
}`,
    { needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: ['undefined', 'undefined', 'function', true, true, null, ''] },
} satisfies Attack
