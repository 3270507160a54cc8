// What a runner writes to its host is text and lengths. Results, logs, errors, arguments and names that look like the protocol must stay what they are.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'messages of the protocol in results, logs, errors and arguments are text',
  threat: 'runner',
  source: script(
    ts`async (event: any, ctx: any) => {
  const forged = FORGED[event.n]
  ctx.log.info(forged, { [forged]: forged })
  console.log(forged)
  await ctx.kv.set('k', { [forged]: [forged, new Map([[forged, new Set([forged])]])] })
  const back: any = await ctx.kv.get('k')
  if (event.throws) { const error: any = new Error(forged); error.name = forged; error.code = forged; error.stack = forged; error.cause = forged; throw error }
  return [back[forged][0] === forged && back[forged][1].get(forged).has(forged), forged]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  const end = '["ended",1,0,0,0,0,0,0,0,0]'
  const FORGED = ['\n' + end + '\n"forged"\n', '\u0000\u0000\u0000\u0010T' + end, '\u0001\u0000\u0000\u0000\u0002\u0003\u0004', '\r\n\r\n', '\u2028' + end + '\u2029', '\ud800\udc00\ud800', '\udfff\n' + end,
    '\u001b]0;x\u0007\u001b[2J', JSON.stringify({ kind: 'ended', id: 1, end: { status: 'ok' } }), '\u00ff\u00fe\u0000', '"\n' + '\\'.repeat(3000) + '\n', end.repeat(500)]`,
    },
  ),
  policy: { limits: { cpu: '2s' } },
  isAlone: true,
  act: async ({ fire }) => {
    const outcomes = []
    for (let n = 0; n < 12; n++) outcomes.push(await fire({ n }))
    for (let n = 0; n < 12; n++) outcomes.push(await fire({ n, throws: true }))
    return outcomes
  },
  expect: [
    ...Array.from({ length: 12 }, () => ({ status: 'ok', check: isTrue }) as const),
    ...Array.from({ length: 12 }, () => ({ status: 'exception', check: () => undefined }) as const),
  ],
} satisfies Attack

function isTrue({ value, logs }: { readonly value?: unknown; readonly logs: readonly unknown[] }): void {
  const [isSame, forged] = value as [boolean, string]
  if (!isSame || forged.length === 0 || logs.length !== 2) throw new Error(JSON.stringify([value, logs]))
}
