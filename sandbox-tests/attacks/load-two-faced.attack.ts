// Says one thing when it is read for its needs, another when it is read for its handlers.
import { type Attack, ts } from './attack.ts'

export const attack = {
  title: 'what is declared first is what counts',
  threat: 'load',
  source: ts`let reads = 0
export default { get needs() { return reads++ === 0 ? {} : { kv: true } }, get on() { reads++; return { attack: (_event: any, ctx: any) => [typeof ctx.kv, reads > 0], normal: (event: any) => event.n + 1, ...(reads > 2 ? { secret: () => 1 } : {}) } } }`,
  expect: { status: 'ok', value: ['undefined', true] },
} satisfies Attack
