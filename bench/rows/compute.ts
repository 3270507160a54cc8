// Scripts that compute a lot: V8 against QuickJS.
import { createEngine, memoryStore } from '../../engine/index.ts'
import { expectOk } from '../expect-ok.ts'
import { pair } from '../measure.ts'
import type { Row } from '../row.ts'

const TURNS = 10
const KIB = 1024
const JSON_BYTES = 100 * KIB

const SCRIPT = `const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2))
export default { on: {
  fib: (n) => fib(n),
  transform: (rows) => rows.filter((row) => row.price > 5).map(({ id, name, price, tags }) => ({ id, label: name.toUpperCase(), cents: Math.round(price * 100), tags: tags.join(',') })),
} }`

/** Pure computing. */
export const fib: Row = {
  what: '`fib(24)`: QuickJS in a thread against V8 in a process',
  measure: () => compare('fib', 24),
}

/** A large event in and out. */
export const transform: Row = {
  what: 'a transform of 100 KB of JSON: QuickJS in a thread against V8 in a process',
  measure: () => compare('transform', rowsOf(JSON_BYTES)),
}

async function compare(event: string, payload: unknown) {
  const scripts = memoryStore({ 'quick.ts': SCRIPT })
  const limits = { cpu: '2s' }
  await using quick = await createEngine({ scripts, policy: { version: 1, defaults: { limits } }, workers: 1 })
  await using v8 = await createEngine({ scripts, policy: { version: 1, defaults: { runtime: 'v8', limits } }, workers: 1 })
  const { subject, baseline, ratio } = await pair(
    TURNS,
    async (turns) => {
      for (let i = 0; i < turns; i++) expectOk(await quick.emit(event, payload))
    },
    async (turns) => {
      for (let i = 0; i < turns; i++) expectOk(await v8.emit(event, payload))
    },
  )
  return { value: ratio, unit: '×' as const, parts: { quickjsMicroseconds: subject, v8Microseconds: baseline } }
}

function rowsOf(bytes: number): unknown[] {
  const row = (id: number) => ({ id, name: `Article no. ${id}`, price: (id % 97) / 7, tags: ['new', 'sale', `t${id % 13}`] })
  return Array.from({ length: Math.floor(bytes / JSON.stringify(row(1_000)).length) }, (_, id) => row(id))
}
