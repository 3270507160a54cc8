// What a script's author sees of a mistake: the place in their own TypeScript, with a code frame, and nothing of the host.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, type ScriptFault } from '../../engine/index.ts'
import { emitOne, openEngine, PATIENT, PLACEMENTS } from '../harness/engines.ts'

const FILES = {
  'faulty/index.ts': `import { check } from './rules.ts'
import { deep } from '../lib/deep.ts'

interface Order { readonly total: number }

export default {
  needs: { host: true },
  on: {
    throws: (order: Order) => {
      throw new TypeError(\`total \${order.total}\`)
    },
    rejects: async (order: Order): Promise<void> => {
      await Promise.resolve()
      await later(order)
    },
    inRules: (order: Order) => check(order),
    inLib: (order: Order) => [order].map((each) => deep(each)),
    inTimer: () => new Promise((resolve, reject) => setTimeout(() => { try { null!.x } catch (e) { reject(e) } }, 1)),
    refused: async (_order: Order, ctx: any) => {
      await ctx.host.fail('please')
    },
    caused: () => {
      throw new Error('outer', { cause: new RangeError('inner') })
    },
    plain: () => {
      throw { not: 'an error' }
    },
    nothing: () => {
      throw undefined
    },
    code: () => {
      throw Object.assign(new Error('mine'), { code: 'MY_CODE' })
    },
    result: () => ({ a: [{ f: () => 1 }] }),
  },
}

async function later(order: Order): Promise<never> {
  await null
  throw new Error('later ' + order.total)
}
`,
  'faulty/rules.ts': `// Rules.
export function check(order: { total: number }): void {
  const limit: number = 5
  if (order.total > limit) throw new RangeError('too much')
}
`,
  'lib/deep.ts': `export const deep = (value: unknown): string => {
  return (value as any).missing.property
}
`,
  'loads.ts': `const settings: { list?: string[] } = {}

export const first = settings.list!.length
export default () => first
`,
}
const host = defineBinding('host', {
  fail: {
    input: z.tuple([z.string()]),
    output: z.void(),
    handler: () => {
      throw new Error(`secret of ${import.meta.filename}`)
    },
  },
})

for (const placement of PLACEMENTS) {
  test(`${placement}: faults of runs point at the user's line`, async () => {
    const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { host: true } } }
    await using engine = await openEngine(FILES, { placement, bindings: [host], policy })
    const faultOf = async (event: string): Promise<ScriptFault> => {
      const { error } = await emitOne(engine, event, { total: 7 })
      assert.ok(error !== undefined, event)
      assert.not.match(JSON.stringify(error), /\/work|\/tmp|\/home|node:|file:|engine\/|sandbox-tests|vivarium'|secret/, event)
      return error as ScriptFault
    }
    const throws = await faultOf('throws')
    assert.equal([throws.code, throws.name, throws.message], ['EXCEPTION', 'TypeError', 'total 7'])
    assert.equal(throws.location?.file, 'faulty/index.ts')
    assert.is(throws.location?.line, 10)
    assert.match(throws.frame ?? '', /> 10 \|.*throw new TypeError/)
    assert.match(throws.stack ?? '', /^TypeError: total 7\n {4}at throws \(faulty\/index\.ts:10:\d+\)$/)

    const rejects = await faultOf('rejects')
    assert.equal([rejects.message, rejects.location?.line], ['later 7', 40])
    assert.match(rejects.stack ?? '', /at later \(faulty\/index\.ts:40:/)

    const inRules = await faultOf('inRules')
    assert.equal([inRules.name, inRules.location?.file, inRules.location?.line], ['RangeError', 'faulty/rules.ts', 4])
    assert.match(inRules.stack ?? '', /check \(faulty\/rules\.ts:4:\d+\)\n {4}at inRules \(faulty\/index\.ts:16:/)

    const inLib = await faultOf('inLib')
    assert.equal([inLib.name, inLib.location?.file, inLib.location?.line], ['TypeError', 'lib/deep.ts', 2])
    for (const line of (inLib.stack ?? '').split('\n').slice(1)) assert.match(line, /^ {4}at .*(lib\/deep|faulty\/index)\.ts:/)

    assert.is((await faultOf('inTimer')).location?.line, 18)
    const refused = await faultOf('refused')
    assert.is(refused.code, 'HOST_FAILURE')
    assert.match((await faultOf('caused')).stack ?? '', /caused by: RangeError: inner\n {4}at caused/)
    assert.match((await faultOf('plain')).message, /not.*an error/)
    assert.match((await faultOf('nothing')).message, /undefined/)
    assert.is((await faultOf('code')).code, 'MY_CODE')
    const result = await faultOf('result')
    assert.is(result.code, 'RESULT_NOT_PLAIN')
    assert.match(result.message, /a\[0\]\.f is a function/)
    // What has no place of its own is shown at its handler.
    const source = FILES['faulty/index.ts'].split('\n')
    for (const event of ['nothing', 'result'])
      assert.match(source[((await faultOf(event)).location?.line ?? 0) - 1] ?? '', new RegExp(`^\\s*(?:async )?${event}\\b`), event)
    assert.match((await faultOf('nothing')).hint ?? '', /^Only errors know where/)
  })

  test(`${placement}: a fault while a script loads points at the user's line`, async () => {
    await using engine = await openEngine(FILES, { placement })
    const loads = engine.scripts().find(({ id }) => id === 'loads')
    assert.is(loads?.status, 'failed')
    const { error } = loads ?? {}
    assert.equal([error?.code, error?.name, error?.location?.file, error?.location?.line], ['LOAD_EXCEPTION', 'TypeError', 'loads.ts', 3])
    assert.match(error?.frame ?? '', /> 3 \| export const first/)
    assert.not.match(JSON.stringify(error), /\/work|\/tmp|node:|file:/)
  })
}

test.run()
