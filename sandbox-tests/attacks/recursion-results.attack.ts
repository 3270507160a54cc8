// Depth in what crosses: results, arguments, errors, log data.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'deep values at the wall end as outcomes',
  threat: 'recursion',
  source: script(ts`(event: any, ctx: any) => {
  let deep: any = 1
  for (let i = 0; i < 30000; i++) deep = event.kind === 'map' ? new Map([[1, deep]]) : event.kind === 'object' ? { a: deep } : [deep]
  if (event.kind === 'log') { ctx.log.info('deep', deep); console.log(deep); return 'logged' }
  if (event.kind === 'throw') throw Object.assign(new Error('deep'), { cause: deep, deep })
  return deep
}`),
  policy: { limits: { cpu: '5s' } },
  act: async ({ fire }) => [
    await fire({ kind: 'array' }),
    await fire({ kind: 'object' }),
    await fire({ kind: 'map' }),
    await fire({ kind: 'log' }),
    await fire({ kind: 'throw' }),
  ],
  expect: [
    { status: 'output_exceeded' },
    { status: 'output_exceeded' },
    { status: 'output_exceeded' },
    { status: 'ok', value: 'logged' },
    { status: 'exception', code: 'EXCEPTION' },
  ],
} satisfies Attack
