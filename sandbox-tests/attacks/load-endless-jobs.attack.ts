// A top level that ends, and leaves jobs that never do.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'jobs of the load phase count for it',
  threat: 'load',
  source: script('() => 1', { top: `const storm = (): any => { void Promise.resolve().then(storm) }\nstorm()` }),
  load: { code: 'LOAD_CPU_EXCEEDED' },
  expect: { status: 'load_failed' },
} satisfies Attack
