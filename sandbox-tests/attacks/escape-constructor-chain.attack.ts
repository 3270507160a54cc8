// The oldest way out: value.constructor.constructor is Function, and a Function of the host would see `process`.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'the constructor of every reachable value makes functions of the sandbox only',
  threat: 'escape-constructor',
  source: script(
    ts`async (event: any, ctx: any) => {
  const gen = function* () {}, asyncGen = async function* () {}, asyncFn = async () => {}
  const values = [event, ctx, ctx.log, ctx.log.info, ctx.event, ctx.runId, ctx.signal, ctx.kv, ctx.kv.get, ctx.kv.get('x'), await ctx.kv.get('x'), event.n, event.list, event.when,
    gen, asyncGen, asyncFn, gen(), asyncGen(), asyncFn(), new Error(), /x/, [], {}, Symbol(), 1n, new Map(), new Proxy({}, {}), globalThis, setTimeout, console, console.log,
    performance, performance.now, URL, new URL('a:b'), crypto, structuredClone, AbortSignal.abort(), new TextEncoder(), new DOMException('x'), (() => { try { null!.x } catch (e) { return e } })()]
  let found = ''
  for (const value of values) found += escaped(value)
  return found || 'safe'
}`,
    { top: PROBE, needs: '{ kv: true }' },
  ),
  payload: { n: 1, list: [1, 2], when: new Date(0) },
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
