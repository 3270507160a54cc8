// The lazy globals are made at the first touch, by code that is fetched then: perhaps something shows while that happens.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what lazy globals are made of is seen by no replaced builtin',
  threat: 'escape-global',
  source: script(
    ts`() => {
  const names = ['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'structuredClone', 'atob', 'AbortController', 'Event', 'DOMException', 'crypto', 'Headers', 'Request', 'Response']
  let found = ''
  const look = (where: string, values: any[]) => {
    for (const value of values) {
      if (typeof value === 'function' && /^(host|host_function|hostCall)$/.test(value.name)) found += where + ' '
      if (typeof value === 'object' && value !== null && ('host' in value && 'codec' in value)) found += where + ' kit '
      if (typeof value === 'string' && /=>.*=>/s.test(value) && value.length > 500) found += where + ' source '
    }
  }
  for (const [owner, key] of [[Object, 'defineProperty'], [Object, 'getPrototypeOf'], [Object, 'getOwnPropertyDescriptor'], [Object, 'freeze'], [Reflect, 'apply'], [Reflect, 'construct'],
    [Function.prototype, 'call'], [Function.prototype, 'apply'], [Function.prototype, 'bind'], [Map.prototype, 'set'], [Map.prototype, 'get'], [Array.prototype, 'push']] as any) {
    const original = owner[key]
    owner[key] = function (this: any, ...values: any[]) {
      look(key, [this, ...values])
      return Reflect.ownKeys(values).length < 0 ? undefined : original === Reflect.apply ? values[0].call?.(values[1], ...values[2]) : new.target ? undefined : savedApply(original, this, values)
    }
  }
  for (const name of names) {
    try { (globalThis as any)['UR' + 'L' === name ? name : name] } catch {}
  }
  try { structuredClone({ a: new Date(0) }) } catch {}
  try { new URL('https://a.b/c?d') } catch {}
  try { crypto.randomUUID() } catch {}
  return found || 'safe'
}`,
    { top: 'const savedApply = Reflect.apply' },
  ),
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
