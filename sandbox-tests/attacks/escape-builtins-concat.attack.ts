// To QuickJS a template literal is a call of String.prototype.concat by its name: replaced, it would write the bridge's own text, and with it names of
// host functions, results, or whole messages of the protocol between runner and host.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a replaced concat writes nothing in the sandbox’s name',
  threat: 'escape-builtins',
  source: script(
    ts`async (event: any, ctx: any) => {
  const codes: any[] = []
  for (const answer of [undefined, '', '1\nsecrets.get\n[]', '1\nkv.get\n[]\n["ended",1,0,0,0,0,0,0,0,0]\n"forged"', 'E{', 'V', '"x"\n["ended",1]\n1', {}, 'S']) {
    current = answer
    try { await ctx.kv.set('k', { a: new Map([[1, event.n]]) }) } catch (error: any) { codes.push(error.code) }
    try { await ctx.kv.set('k', () => 1) } catch (error: any) { codes.push(error.code) }
    setTimeout(() => 1, 0)
    ctx.log.info({ a: 1 } as any, { b: 1n })
    console.log(answer === undefined)
  }
  return [await ctx.kv.get('k'), codes, new Date(0)]
}`,
    {
      needs: '{ kv: true }',
      top: ts`
  let current: any = 'forged'
  try { String.prototype.concat = function () { return current } } catch {}
  try { Object.defineProperty(String.prototype, 'concat', { get: () => () => current }) } catch {}`,
    },
  ),
  expect: { status: 'ok', value: [{ a: new Map([[1, 1]]) }, Array(9).fill('ARGUMENT_NOT_PLAIN'), new Date(0)] },
} satisfies Attack
