// AggregateError, SuppressedError, causes: errors inside errors, where a bridge may forget to look.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'errors within errors leave as text',
  threat: 'escape-error',
  source: script(ts`() => {
  const loop: any = new Error('loop')
  loop.cause = loop
  const all: any = new AggregateError([new Error('one'), loop, () => 1, globalThis], 'all')
  all.cause = new Error('cause', { cause: new Error('deeper', { cause: loop }) })
  throw all
}`),
  expect: {
    status: 'exception',
    code: 'EXCEPTION',
    check: ({ error }) => {
      if (error?.name !== 'AggregateError' || error.message !== 'all') throw new Error(JSON.stringify(error))
      if ((error.stack ?? '').split('caused by').length > 5) throw new Error('causes without end')
    },
  },
} satisfies Attack
