// Arguments that are too large, too deep, too tangled, or alive.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'each argument that cannot cross is refused with its code',
  threat: 'host-call',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const codes: string[] = []
  const cycle: any = {}; cycle.self = cycle
  let deep: any = []; for (let i = 0; i < 5000; i++) deep = [deep]
  let wide: any = [1n]; for (let i = 0; i < 40; i++) wide = [wide, wide]
  const tries = ['x'.repeat(300000), deep, wide, () => 1, Symbol(), new Array(2 ** 32 - 1), new Uint8Array(500000), { get a() { throw new Error('mine') } }, Promise.resolve(), [[[[() => 1]]]]]
  for (const value of tries) { try { await ctx.kv.set('k', value); codes.push('ok') } catch (error: any) { codes.push(error.code ?? error.message) } }
  await ctx.kv.set('cycle', cycle)
  const back = await ctx.kv.get('cycle')
  return [...codes, back.self === back]
}`,
    { needs: '{ kv: true }' },
  ),
  policy: { limits: { cpu: '5s' } },
  expect: {
    status: 'ok',
    value: [
      'HOST_CALL_ARGUMENT_TOO_LARGE',
      'HOST_CALL_ARGUMENT_TOO_LARGE',
      'HOST_CALL_ARGUMENT_TOO_LARGE',
      'ARGUMENT_NOT_PLAIN',
      'ARGUMENT_NOT_PLAIN',
      'HOST_CALL_ARGUMENT_TOO_LARGE',
      'HOST_CALL_ARGUMENT_TOO_LARGE',
      'mine',
      'ARGUMENT_NOT_PLAIN',
      'ARGUMENT_NOT_PLAIN',
      true,
    ],
  },
} satisfies Attack
