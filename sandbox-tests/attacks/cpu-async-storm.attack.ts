// Microtasks that beget microtasks: the queue is never empty.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a storm of microtasks is cut',
  threat: 'cpu-async',
  source: script(
    ts`() => { const storm = (): any => Promise.resolve().then(() => { queueMicrotask(storm); return storm() }); return storm() }`,
  ),
  expect: { status: 'cpu_exceeded', code: 'CPU_EXCEEDED' },
} satisfies Attack
