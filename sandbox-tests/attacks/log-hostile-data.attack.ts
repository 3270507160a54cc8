// Values that fight back when they are shown.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'hostile log data is shown under the limits',
  threat: 'log',
  source: script(
    ts`(event: any, ctx: any) => {
  const cycle: any = {}; cycle.cycle = cycle
  const values: any[] = [cycle, new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 } }), { get a() { throw new Error('getter') } }, () => 1, Symbol('s'), 1n, new Map([[cycle, cycle]]), Object.create(null), new Error('e'),
    { toString() { throw 1 }, [Symbol.toPrimitive]() { throw 2 }, toJSON() { throw 3 } }, new Array(1e6), globalThis, new Date(NaN), Proxy.revocable([], {}).proxy]
  for (const value of values) { try { console.log(value, [value]) } catch { thrown++ } try { ctx.log.warn(value) } catch { thrown++ } try { ctx.log.info('data', value) } catch { thrown++ } }
  if (event.n === 2) console.log({ get a() { for (;;); } })
  return 'done'
}`,
    { top: 'let thrown = 0' },
  ),
  policy: { limits: { cpu: '2s' } },
  act: async ({ fire }) => [await fire({ n: 1 }), await fire({ n: 2 })],
  expect: [
    {
      status: 'ok',
      value: 'done',
      check: ({ logs }) => {
        for (const { message } of logs) if (typeof message !== 'string') throw new Error('no text')
      },
    },
    { status: 'cpu_exceeded' },
  ],
} satisfies Attack
