// Walks everything that hangs on the global object, getters and prototypes included, and tries whatever is a function with the bridge's own arguments.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no reachable function is the door to the host',
  threat: 'escape-global',
  source: script(ts`() => {
  const seen = new Set<any>()
  const queue: any[] = [globalThis]
  const suspects: string[] = []
  for (let at = 0; at < queue.length && at < 6000; at++) {
    const value = queue[at]
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue
    seen.add(value)
    queue.push(Object.getPrototypeOf(value))
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key)!
      queue.push(descriptor.value, descriptor.get, descriptor.set)
      if (/^(__|host|kit|codec|dispatch|settle|grant|pack)$/.test(String(key)) && value !== Object.prototype) suspects.push(String(key))
    }
  }
  // The door answers the operation "pure" with JSON, and "pack" with the source of a pack.
  for (const value of seen) {
    if (typeof value !== 'function' || /timeout|interval|microtask|abort|eval|any|race|all|raw|from/i.test(value.name)) continue
    for (const args of [[6, 'sentence\n["CANCELLED","x"]'], [8, 'inspect']]) {
      try {
        const answer = value(...args)
        if (typeof answer === 'string' && /host cancelled|=>/.test(answer)) suspects.push('door: ' + value.name)
      } catch {}
    }
  }
  return suspects.join() || 'safe'
}`),
  policy: { limits: { cpu: '5s' } },
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
