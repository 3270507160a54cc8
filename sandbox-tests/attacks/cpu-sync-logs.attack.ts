// Native work between two polls of the engine: long texts made into JSON again and again.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'long native work in small steps is cut at the next look, and the runner lives',
  threat: 'cpu-sync',
  source: script(ts`(_event: any, ctx: any) => { const text = 'x'.repeat(60000); for (let i = 0; i < 100000; i++) ctx.log.info(text) }`),
  expect: { status: 'cpu_exceeded', code: 'CPU_EXCEEDED' },
} satisfies Attack
