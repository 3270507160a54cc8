// Forty objects that come to a trillion when each reference is followed.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what many references make large counts as large',
  threat: 'output',
  source: script(ts`(event: any, ctx: any) => {
  let dag: any = event.kind === 'map' ? new Map([[1, 2]]) : [1n]
  for (let i = 0; i < 40; i++) dag = event.kind === 'map' ? new Map<any, any>([[1, dag], [2, dag]]) : event.kind === 'object' ? { a: dag, b: dag } : [dag, dag]
  if (event.kind === 'log') { ctx.log.info('dag', { dag }); return 'logged' }
  return event.kind === 'cycle' ? ((dag = [dag, 1]), (dag[1] = dag)) : dag
}`),
  policy: { limits: { cpu: '5s' } },
  act: async ({ fire }) => [
    await fire({ kind: 'array' }),
    await fire({ kind: 'object' }),
    await fire({ kind: 'map' }),
    await fire({ kind: 'cycle' }),
    await fire({ kind: 'log' }),
  ],
  expect: [
    { status: 'output_exceeded' },
    { status: 'output_exceeded' },
    { status: 'output_exceeded' },
    { status: 'output_exceeded' },
    { status: 'ok', value: 'logged' },
  ],
} satisfies Attack
