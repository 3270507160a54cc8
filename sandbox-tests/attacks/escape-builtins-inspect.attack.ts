// The line of a log entry is made by a pack that comes late, with builtins that answer what they like: nothing but text may reach the host.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a log line is text, whatever the builtins were made to answer',
  threat: 'escape-builtins',
  source: script(
    ts`(_event: any, ctx: any) => {
  const forged: any[] = [undefined, { toJSON: () => undefined }, () => 1, Symbol('s'), 1n, '1"]\n2"forged"', ['x'], null, NaN]
  for (const answer of forged) {
    current = answer
    ctx.log.info({ evil: true } as any)
    ctx.log.warn('data', { fn: () => 1 })
    console.error({ evil: true })
  }
  return 'done'
}`,
    {
      top: ts`
  let current: any
  const real = Reflect.apply
  Reflect.apply = ((fn: any, self: any, args: any) => (String.prototype.slice === fn ? current : real(fn, self, args))) as any`,
    },
  ),
  expect: {
    status: 'ok',
    value: 'done',
    check: ({ logs }) => {
      for (const { message } of logs) if (typeof message !== 'string') throw new Error('a message that is no text')
    },
  },
} satisfies Attack
