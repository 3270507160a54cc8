// isolated-vm's own objects inside a context are "usually trivial" to turn into control of the host: not one may be within reach.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no object of isolated-vm is within reach',
  threat: 'escape-global',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const seen = new Set<any>()
  const found: string[] = []
  const errors: any[] = []
  for (const provoke of [() => ctx.kv.set('k', () => 1), () => ctx.kv.get(), () => ctx.kv.get.call(1, {}), async () => structuredClone(() => 1), async () => new URL('no url'), async () => atob('a'), async () => setTimeout('x' as any, 0)]) {
    try { await provoke() } catch (error) { errors.push(error) }
  }
  const call = ctx.kv.get('k')
  const queue: any[] = [globalThis, ctx, call, errors, setTimeout(() => 1, 1e6), (function* () {})(), (async function* () {})(), new Error('e'), arguments_()]
  await call
  const names = /^(applySync|applySyncPromise|applyIgnored|derefInto|getSync|setSync|copySync|copyInto|release|createContext|createContextSync|compileScriptSync|runSync|createSnapshot|typeof|ExternalCopy|Reference|Isolate|Context|Callback|NativeModule|InspectorSession|isDisposed|getHeapStatisticsSync|vivarium)$/
  for (let at = 0; at < queue.length; at++) {
    const value = queue[at]
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue
    seen.add(value)
    const prototype = Object.getPrototypeOf(value)
    queue.push(prototype)
    if (typeof value === 'function' && !(value instanceof Function) && value !== Function.prototype) found.push('foreign function ' + value.name)
    for (const key of Reflect.ownKeys(value)) {
      if (names.test(String(key))) found.push(String(key))
      const descriptor = Object.getOwnPropertyDescriptor(value, key)!
      queue.push(descriptor.value, descriptor.get, descriptor.set)
    }
    const tag = Object.prototype.toString.call(value)
    if (/Reference|ExternalCopy|Isolate|Context|Callback/.test(tag)) found.push(tag)
  }
  return found.length > 0 ? found : ['safe', seen.size > 300]
}`,
    { needs: '{ kv: true }', top: 'function arguments_(this: any) { return [arguments, this] }' },
  ),
  policy: { limits: { cpu: '5s' } },
  expect: { status: 'ok', value: ['safe', true] },
} satisfies Attack
