// The bundle hands the default export to a function: perhaps it can be called again, or kept.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'the script cannot define itself anew',
  threat: 'load',
  source: ts`let kept: any
const hijack = () => { try { kept = (0, eval)('typeof $define') } catch (error) { kept = String(error) } }
hijack()
export default { on: { attack: () => [kept, typeof (globalThis as any).$define], normal: (event: any) => event.n + 1 } }`,
  expect: { status: 'ok', value: ['undefined', 'undefined'] },
} satisfies Attack
