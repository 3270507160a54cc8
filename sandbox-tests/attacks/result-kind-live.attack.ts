// Values that are alive: functions, symbols, promises, weak things, classes, in every corner.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a live value is refused with its path',
  threat: 'result-kind',
  source: script(ts`(event: any) => {
  const values: any = { fn: () => 1, symbol: Symbol('s'), promise: Promise.resolve(1), weak: new WeakMap(), cls: class {}, instance: new (class Secret { a = 1 })(), regexp: /x/, error: new Error('x'),
    boxed: Object('x'), generator: (function* () {})(), buffer: new ArrayBuffer(8), float: new Float64Array(2), proxyFn: new Proxy(() => 1, {}), subclass: new (class extends Map {})(), ctor: Object,
    iterator: [1][Symbol.iterator](), global: globalThis, url: new URL('a:b'), ref: new WeakRef({}) }
  return { deep: [{ here: values[event.kind] }] }
}`),
  act: async ({ fire }) => {
    const outcomes = []
    for (const kind of [
      'fn',
      'symbol',
      'promise',
      'weak',
      'cls',
      'instance',
      'regexp',
      'error',
      'boxed',
      'generator',
      'buffer',
      'float',
      'proxyFn',
      'subclass',
      'ctor',
      'iterator',
      'url',
      'ref',
    ])
      outcomes.push(await fire({ kind }))
    return outcomes
  },
  expect: Array.from(
    { length: 18 },
    () =>
      ({
        status: 'exception',
        code: 'RESULT_NOT_PLAIN',
        check: ({ error }: { error?: { message: string } | undefined }) => {
          if (!/value\.deep\[0\]\.here/.test(error?.message ?? '')) throw new Error(error?.message)
        },
      }) as const,
  ),
} satisfies Attack
