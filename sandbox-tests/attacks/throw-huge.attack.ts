// Errors as large as memory allows, and as many as there is time for.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a fault is bounded, whatever the error holds',
  threat: 'throw',
  source: script(ts`() => {
  const long = '\u202e\u001b[31m\n' + 'x'.repeat(1000000)
  const error: any = new Error(long)
  error.name = error.stack = error.code = long
  error.cause = error
  throw error
}`),
  policy: { limits: { cpu: '2s' } },
  expect: {
    status: 'exception',
    check: ({ error }) => {
      const text = JSON.stringify(error)
      if (
        text.length > 80_000 ||
        [error?.message, error?.name, error?.code, error?.stack].some((part) => part?.includes('\u001b') || part?.includes('\u202e'))
      )
        throw new Error(text.slice(0, 500))
    },
  },
} satisfies Attack
