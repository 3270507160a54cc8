// `constructor` and Symbol.species of promises decide what await and then make.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'a forged species steers only the script’s own promises',
  threat: 'escape-promise',
  source: script(
    ts`async (_event: any, ctx: any) => {
  let found = ''
  class Evil extends Promise<any> {
    constructor(run: any) { super((yes, no) => { found += escaped(yes) + escaped(no); run(yes, no) }) }
    static get [Symbol.species]() { return Evil }
  }
  const call = ctx.kv.get('x')
  found += escaped(call)
  call.constructor = Evil
  const value = await call.then((each: any) => each)
  Object.defineProperty(Promise.prototype, 'constructor', { get() { return Evil }, configurable: true })
  await ctx.kv.set('x', 1)
  return [value, await ctx.kv.get('x'), found || 'safe']
}`,
    { top: PROBE, needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [undefined, 1, 'safe'] },
} satisfies Attack
