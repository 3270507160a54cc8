// Everything that can be thrown and is no error.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'whatever is thrown becomes a fault with text in it',
  threat: 'throw',
  source: script(ts`(event: any) => {
  const values: any = { null: null, undefined: undefined, symbol: Symbol('s'), number: 0, nan: NaN, bigint: 1n, text: '', fn: () => 1, array: [1], bare: Object.create(null), frozen: Object.freeze({ message: 'frozen' }), date: new Date(NaN), global: globalThis }
  throw values[event.kind]
}`),
  act: async ({ fire }) => {
    const outcomes = []
    for (const kind of [
      'null',
      'undefined',
      'symbol',
      'number',
      'nan',
      'bigint',
      'text',
      'fn',
      'array',
      'bare',
      'frozen',
      'date',
      'global',
    ])
      outcomes.push(await fire({ kind }))
    return outcomes
  },
  expect: Array.from(
    { length: 13 },
    () =>
      ({
        status: 'exception',
        code: 'EXCEPTION',
        check: ({ error }: { error?: { message: unknown; name: unknown } | undefined }) => {
          if (typeof error?.message !== 'string' || typeof error.name !== 'string') throw new Error('no text')
        },
      }) as const,
  ),
} satisfies Attack
