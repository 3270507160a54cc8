// Reads the source of every function in reach.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'the source of no function names the machine or holds a secret',
  threat: 'info-leak',
  source: script(ts`async (_event: any, ctx: any) => {
  for (const name of ['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'structuredClone', 'atob', 'AbortController', 'Event', 'DOMException', 'crypto', 'Headers', 'Request', 'Response']) void (globalThis as any)[name]
  const seen = new Set<any>()
  const queue: any[] = [globalThis, ctx, ctx.log, ctx.signal]
  let text = ''
  for (let at = 0; at < queue.length; at++) {
    const value = queue[at]
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue
    seen.add(value)
    if (typeof value === 'function') text += Function.prototype.toString.call(value).slice(0, 400) + '\n'
    queue.push(Object.getPrototypeOf(value))
    for (const key of Reflect.ownKeys(value)) { const d = Object.getOwnPropertyDescriptor(value, key)!; queue.push(d.value, d.get, d.set) }
  }
  return text.slice(0, 200000)
}`),
  policy: { limits: { cpu: '5s' } },
  expect: {
    status: 'ok',
    check: ({ value }) => {
      if (/\/(home|usr|var|root|tmp|opt)\/|file:|node_modules/.test(String(value))) throw new Error('a path')
    },
  },
} satisfies Attack
