// Recursion in getters, toJSON, toString, proxies, thenables, callbacks of builtins.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'recursion through builtins ends at the limit of the stack',
  threat: 'recursion',
  source: script(ts`(event: any) => {
  const ways: any = {
    getter: () => { const o = { get a(): any { return this.a } }; return o.a },
    toJSON: () => { const o: any = { toJSON: () => JSON.stringify(o) }; return JSON.stringify(o) },
    text: () => { const o: any = { toString: () => '' + o }; return '' + o },
    proxy: () => { let p: any = {}; for (let i = 0; i < 20000; i++) p = new Proxy(p, {}); return p.x },
    sort: () => { const go = (): any => [2, 1].sort(go); return go() },
    replace: () => { const go = (): any => 'x'.replace(/x/, go); return go() },
    apply: () => { const go = (): any => Reflect.apply(go, null, []); return go() },
    construct: () => { class A { constructor() { return Reflect.construct(A, []) } } return new A() },
    instance: () => { const o: any = {}; Object.defineProperty(o, Symbol.hasInstance, { value: () => ({}) instanceof o }); return ({}) instanceof o },
  }
  return ways[event.kind]()
}`),
  policy: { limits: { cpu: '2s' } },
  act: async ({ fire }) => {
    const outcomes = []
    for (const kind of ['getter', 'toJSON', 'text', 'proxy', 'sort', 'replace', 'apply', 'construct', 'instance'])
      outcomes.push(await fire({ kind }))
    return outcomes
  },
  skip: { inline: 'a deep stack of the host’s own thread is the host’s' },
  expect: Array.from({ length: 9 }, () => ({ status: 'stack_exceeded', code: 'STACK_EXCEEDED' }) as const),
} satisfies Attack
