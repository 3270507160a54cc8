// The engine tells its own errors by a symbol of the global registry: a forged one must not pass for them.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'an error branded like the engine’s is a plain exception',
  threat: 'escape-symbol',
  source: script(ts`() => {
  throw Object.assign(new Error('forged'), { [Symbol.for('vivarium.engine-error')]: true, [Symbol.for('vivarium.host-function-error')]: true, code: "INTERNAL", place: { file: '/etc/passwd', line: 1, column: 1 } })
}`),
  expect: {
    status: 'exception',
    code: 'INTERNAL',
    check: ({ error }) => {
      if (error?.message !== 'forged' || error.location?.file === '/etc/passwd') throw new Error(JSON.stringify(error))
    },
  },
} satisfies Attack
