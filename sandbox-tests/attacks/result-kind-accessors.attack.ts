// Accessors that throw, change or never return while the result is read.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'accessors of a result run under the run’s limits',
  threat: 'result-kind',
  source: script(ts`(event: any) => {
  if (event.kind === 'throw') return { get a() { throw Object.assign(new Error('mine'), { code: 'MINE' }) } }
  if (event.kind === 'loop') return { get a() { for (;;); } }
  if (event.kind === 'self') return { get a(): any { return this } }
  if (event.kind === 'fresh') { const make = (): any => ({ get a() { return make() } }); return make() }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return { a: proxy }
}`),
  policy: { limits: { cpu: '2s' } },
  act: async ({ fire }) => [
    await fire({ kind: 'throw' }),
    await fire({ kind: 'loop' }),
    await fire({ kind: 'self' }),
    await fire({ kind: 'fresh' }),
    await fire({ kind: 'revoked' }),
  ],
  expect: [
    { status: 'exception', code: 'MINE' },
    { status: 'cpu_exceeded' },
    {
      status: 'ok',
      check: ({ value }) => {
        if ((value as { a: unknown }).a !== value) throw new Error('no cycle')
      },
    },
    { status: 'output_exceeded' },
    { status: 'exception', code: 'EXCEPTION' },
  ],
} satisfies Attack
