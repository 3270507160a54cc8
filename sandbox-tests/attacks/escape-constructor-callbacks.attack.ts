// Functions that lead to the host: their prototypes, constructors, results and errors must be the sandbox's own.
import { type Attack, PROBE, script, ts } from './attack.ts'

export const attack = {
  title: 'what leads to the host is made of the sandbox’s own functions, promises and errors',
  threat: 'escape-constructor',
  source: script(
    ts`async (_event: any, ctx: any) => {
  let found = ''
  const doors: any[] = [ctx.kv.get, ctx.kv.set, ctx.log.info, ctx.log.error, console.log, setTimeout, setInterval, clearTimeout, queueMicrotask, structuredClone, atob, btoa,
    crypto.getRandomValues, crypto.randomUUID, performance.now, new TextEncoder().encode, new TextDecoder().decode, URL.canParse, Date.now, Math.random, ctx.signal.addEventListener]
  for (const door of doors) {
    if (Object.getPrototypeOf(door) !== Function.prototype || door.constructor !== Function || !(door instanceof Function)) found += 'foreign ' + door.name + ' '
    if (Reflect.ownKeys(door).some((key) => !['length', 'name', 'prototype'].includes(String(key)))) found += 'keys ' + door.name + ' '
    found += escaped(door)
    for (const args of [[], [undefined], [Symbol()], [{ toString: null, valueOf: null }], [new Proxy(() => 1, {})], [{ get length() { throw new Error('mine') } }]]) {
      for (const self of [undefined, null, 1, {}, globalThis, ctx]) {
        try {
          const answer: any = Reflect.apply(door, self, args)
          found += escaped(answer ?? 0)
          if (typeof answer?.then === 'function' && !(answer instanceof Promise)) found += 'foreign promise ' + door.name + ' '
          answer?.then?.(undefined, (error: any) => { if (!(error instanceof Error)) found += 'foreign rejection ' })
          if (typeof answer === 'number') clearTimeout(answer)
        } catch (error: any) { if (!(error instanceof Error) || error.constructor === undefined || escaped(error) !== '') found += 'foreign error ' + door.name + ' ' }
        try { Reflect.construct(door, args) } catch (error) { if (!(error instanceof Error)) found += 'foreign error of new ' + door.name + ' ' }
      }
    }
  }
  return found || 'safe'
}`,
    { top: PROBE, needs: '{ kv: true }' },
  ),
  policy: { limits: { cpu: '5s', hostCalls: 1000 } },
  expect: { status: 'ok', value: 'safe' },
} satisfies Attack
