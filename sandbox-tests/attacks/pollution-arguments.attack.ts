// The same keys in the arguments of host calls: a binding may merge them.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'keys that pollute are refused in the arguments of host calls',
  threat: 'pollution',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const codes: string[] = []
  for (const text of ['{"__proto__":{"polluted":1}}', '{"a":[{"__proto__":{"polluted":1}}]}', '{"constructor":{"prototype":{"polluted":1}}}']) {
    try { await ctx.kv.set('k', JSON.parse(text)) } catch (error: any) { codes.push(error.code) }
    try { await ctx.kv.set('k', { when: new Date(0), evil: JSON.parse(text) }) } catch (error: any) { codes.push(error.code) }
  }
  for (const key of ['__proto__', 'constructor', 'prototype', 'hasOwnProperty']) await ctx.kv.set(key, key)
  return [codes, await ctx.kv.get('__proto__'), await ctx.kv.get('toString'), ({} as any).polluted]
}`,
    { needs: '{ kv: true }' },
  ),
  expect: { status: 'ok', value: [Array(6).fill('ARGUMENT_INVALID'), '__proto__', undefined, undefined] },
} satisfies Attack
