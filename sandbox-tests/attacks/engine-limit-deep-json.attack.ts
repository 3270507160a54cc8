// Texts and values of fifty thousand levels: what parses and prints them may use the stack of the process.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'deep JSON is read, refused or too deep for the stack, and the runner goes on',
  threat: 'engine-limit',
  source: script(ts`(event: any) => {
  const nested = () => { let value: any = 1; for (let i = 0; i < 50000; i++) value = event.kind === 'objects' ? { a: value } : [value]; return value }
  const ways: any = {
    parse: () => JSON.parse('['.repeat(50000) + ']'.repeat(50000)), 'parse objects': () => JSON.parse('{"a":'.repeat(50000) + '1' + '}'.repeat(50000)),
    unclosed: () => JSON.parse('['.repeat(500000)), revive: () => JSON.parse('['.repeat(50000) + ']'.repeat(50000), (_key: string, value: any) => value),
    arrays: () => JSON.stringify(nested()), objects: () => JSON.stringify(nested()), uncaught: () => JSON.stringify(nested()),
  }
  if (event.kind === 'uncaught') return ways.uncaught()
  try { ways[event.kind]() } catch (error: any) { if (!(error instanceof RangeError || error instanceof SyntaxError)) return String(error) }
  return 'alive'
}`),
  payloads: ['parse', 'parse objects', 'unclosed', 'revive', 'arrays', 'objects', 'uncaught'].map((kind) => ({ kind })),
  policy: { limits: { memory: '64MiB', cpu: '5s' } },
  isMeasured: true,
  skip: { inline: 'a deep stack of the host’s own thread is the host’s' },
  expect: [
    ...Array.from({ length: 6 }, () => ({ status: 'ok', value: 'alive' }) as const),
    { status: 'stack_exceeded', code: 'STACK_EXCEEDED' },
  ],
} satisfies Attack
