// How long a check of types takes: of 300 scripts at once, and of the one that was saved.
import { setTimeout as sleep } from 'node:timers/promises'
import { standardBindings } from '../../bindings/index.ts'
import { emitTypes } from '../../bindings/types/emit-types.ts'
import { createTypeChecker } from '../../engine/pipeline/type-check/type-checker.ts'
import { memoryStore } from '../../engine/source/memory-store.ts'
import { expectProblems } from '../expect-problems.ts'
import { median } from '../measure.ts'
import type { Row } from '../row.ts'

const SCRIPTS = 300
const EDITS = 21

const scriptOf = (index: number, edit: number): string => `import { defineScript } from 'vivarium/script'
import { double } from './lib/numbers.ts'

interface Order {
  readonly id: string
  readonly total: number
}

export default defineScript({
  name: 'Script ${index}',
  needs: { kv: true },
  on: {
    async 'order.created'(order: Order, ctx) {
      const times = await ctx.kv.increment(\`orders:\${order.id}\`)
      const text: string = ${edit % 2 === 0 ? 'String(double(order.total))' : 'double(order.total)'}
      ctx.log.info('seen', { times, text, edit: ${edit} })
      return { times, text }
    },
  },
})
`

/** One edit among 300 scripts → what is wrong with it. Every other edit has a type error, which must be found. */
export const typeCheckAfterEdit: Row = {
  what: 'type-check after one edit, with 300 scripts, median',
  measure: async () => {
    const paths = Array.from({ length: SCRIPTS }, (_, index) => `s${index}.ts`)
    const files = Object.fromEntries(paths.map((path, index) => [path, scriptOf(index, 0)]))
    const store = memoryStore({ ...files, 'lib/numbers.ts': 'export const double = (n: number): number => n * 2\n' })
    const bindings = standardBindings({ kv: ':memory:' })
    const environment = emitTypes(bindings, { events: undefined, granted: new Map([['kv', ['**']]]) })
    await using checker = createTypeChecker({ store, environment: () => environment })
    const timed = async (asked: readonly string[], problems: number): Promise<number> => {
      const before = performance.now()
      const found = await checker.check(asked)
      const ms = performance.now() - before
      expectProblems(found, problems)
      return ms
    }
    const startAndAllMs = await timed(paths, 0)
    const edits: number[] = []
    const all: number[] = []
    for (let edit = 1; edit <= EDITS; edit++) {
      store.write('s150.ts', scriptOf(150, edit))
      edits.push(await timed(['s150.ts'], edit % 2))
      await sleep(10)
    }
    for (let edit = 1; edit <= 5; edit++) {
      store.write('s150.ts', scriptOf(150, EDITS + edit))
      all.push(await timed(paths, (EDITS + edit) % 2))
    }
    await Promise.all(bindings.map(async (binding) => binding.close?.()))
    return { value: median(edits), unit: 'ms', parts: { startAndAllMs, allAgainMs: median(all) } }
  },
}
