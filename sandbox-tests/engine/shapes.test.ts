// timeout: 300s
// Every shape that a script can have, from real directories: what it does, how it is listed, and what its author sees when it is wrong.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { type CreateEngineOptions, createEngine, defineBinding, defineEvents, type Engine, type Outcome } from '../../engine/index.ts'
import { expectStatus, openEngine, PATIENT, PLACEMENTS } from '../harness/engines.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'

const HERE = join(import.meta.dirname, '../..')

function open(directory: TempDirectory, options: CreateEngineOptions = {}): Promise<Engine> {
  return createEngine({ scripts: directory.path, policy: PATIENT, workers: 1, ...options })
}

const byScript = (outcomes: readonly Outcome[]): object => Object.fromEntries(outcomes.map(({ script, value }) => [script, value]))

/** Nothing that comes out may say where the host keeps its files. */
function expectNoPaths(told: unknown, directory: TempDirectory): void {
  const text = JSON.stringify(told)
  for (const secret of [directory.path, HERE, 'file://', 'node:internal', 'evalmachine']) assert.not.match(text, secret)
}

for (const placement of PLACEMENTS) {
  test(`${placement}: bare functions, plain JavaScript, folders, lib, JSON, star and defineScript all run`, async () => {
    using directory = tempDirectory({
      'bare.ts': 'export default (payload: { n: number }, ctx: any) => [payload?.n, ctx.event]',
      'bare-async.js': 'export default async function (payload, ctx) { await null; return [payload?.n, ctx.event] }',
      'plain.js': 'export default { on: { go: (p) => p.n + 1 } }',
      'arrow.ts': 'const run = async (p: any) => p.n; export { run as default }',
      'folder/index.ts': `import data from './data.json'\nimport { twice } from '../lib/math.ts'\nexport default { on: { go: (p: any) => twice(p.n) + data.more } }`,
      'folder/data.json': '{ "more": 100 }',
      'folder/helper.ts': 'export default () => { throw new Error("not a script") }',
      'deep/er/name.ts': `import { twice } from '../../lib/math'\nexport default { on: { go: (p: any) => twice(p.n) } }`,
      'lib/math.ts': 'export const twice = (n: number): number => n * 2',
      'star.ts': `export default { on: { '*': (p: any, ctx: any) => 'star ' + ctx.event, special: () => 'special' } }`,
      'defined.ts': `import { defineScript } from 'vivarium/script'\nexport default defineScript({ name: 'Nice name', on: { go: { priority: 3, run(p) { return typeof this.run } } } })`,
      'classy.ts': 'class Script { on = { go: (p: any) => p.n } }\nexport default { ...new Script() }',
      'types.d.ts': 'export default 7',
      'a.test.ts': 'throw new Error("a test")',
      'readme.md': 'no script',
      'commonjs.js': 'module.exports = { on: { go: () => "cjs" } }',
    })
    await using engine = await open(directory, { placement })
    assert.equal(
      engine.scripts().map(({ id }) => id),
      ['arrow', 'bare', 'bare-async', 'classy', 'commonjs', 'deep/er/name', 'defined', 'folder', 'plain', 'star'],
    )
    const { outcomes } = await engine.emit('go', { n: 5 })
    assert.is(outcomes[0]?.script, 'defined')
    assert.equal(byScript(outcomes.filter(({ status }) => status === 'ok')), {
      arrow: 5,
      bare: [5, 'go'],
      'bare-async': [5, 'go'],
      classy: 5,
      'deep/er/name': 10,
      defined: 'function',
      folder: 110,
      plain: 6,
      star: 'star go',
      commonjs: 'cjs',
    })
    assert.equal(byScript((await engine.emit('special', { n: 1 })).outcomes), {
      arrow: 1,
      bare: [1, 'special'],
      'bare-async': [1, 'special'],
      star: 'special',
    })
    for (const odd of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'ünïcode ☃', ' '])
      assert.equal(byScript((await engine.emit(odd, { n: 1 })).outcomes), {
        arrow: 1,
        bare: [1, odd],
        'bare-async': [1, odd],
        star: `star ${odd}`,
      })
    const listed = Object.fromEntries(engine.scripts().map((info) => [info.id, info]))
    assert.is(listed['defined']?.name, 'Nice name')
    assert.is(listed['plain']?.name, 'plain')
    assert.equal(listed['bare']?.handlers, [{ event: '*', priority: 0 }])
    assert.equal(listed['defined']?.handlers, [{ event: 'go', priority: 3 }])
    expectNoPaths([engine.scripts(), outcomes], directory)
  })

  test(`${placement}: an npm package that policy lists does real work; others are refused with the line to add`, async () => {
    using directory = tempDirectory({
      'orders.ts': `import { z } from 'zod'
const Order = z.object({ id: z.coerce.number().int(), tags: z.array(z.string().trim().min(1)).default([]), at: z.iso.datetime().optional() })
export default { on: {
  order: (payload: unknown) => {
    const read = Order.safeParse(payload)
    return read.success ? read.data : { issues: read.error.issues.map(({ path, code }) => [path.join('.'), code]) }
  },
  schema: () => z.toJSONSchema(z.object({ n: z.number() })).type,
  fails: () => Order.parse({ id: 'x' }),
} }`,
      'refused.ts': `import { z } from 'zod'\nexport default () => z`,
      'absent.ts': `import pad from 'left-pad-that-is-not-there'\nexport default () => pad`,
    })
    mkdirSync(join(directory.path, 'node_modules'))
    symlinkSync(join(HERE, 'node_modules/zod'), join(directory.path, 'node_modules/zod'))
    const limits = { ...PATIENT.defaults.limits, memory: '32MiB' }
    const policy = {
      version: 1,
      defaults: { limits },
      scripts: { orders: { packages: ['zod'] }, absent: { packages: ['left-pad-that-is-not-there'] } },
    }
    await using engine = await open(directory, { placement, policy })
    const listed = Object.fromEntries(engine.scripts().map((info) => [info.id, info]))
    assert.is(listed['orders']?.status, 'ready', JSON.stringify(listed['orders']?.error))
    const value = async (event: string, payload?: unknown) => byScript((await engine.emit(event, payload)).outcomes)
    assert.equal(await value('order', { id: '7', tags: [' a '] }), { orders: { id: 7, tags: ['a'] } })
    assert.equal(await value('order', { id: 1.5, tags: [''], at: 'noon' }), {
      orders: {
        issues: [
          ['id', 'invalid_type'],
          ['tags.0', 'too_small'],
          ['at', 'invalid_format'],
        ],
      },
    })
    assert.equal(await value('schema'), { orders: 'object' })
    const [failed] = (await engine.emit('fails', 1)).outcomes
    assert.is(failed?.error?.name, 'ZodError')
    assert.is(failed?.error?.location?.file, 'orders.ts')
    assert.is(failed?.error?.location?.line, 9)
    assert.is(listed['refused']?.error?.code, 'IMPORT_PACKAGE_DENIED')
    assert.match(listed['refused']?.error?.frame ?? '', '> 1 |')
    assert.is(listed['absent']?.error?.code, 'IMPORT_PACKAGE_NOT_FOUND')
    expectNoPaths([engine.scripts(), failed], directory)
  })

  test(`${placement}: schedules, needs, grants, warnings and denials are listed, and denials are announced`, async () => {
    const host = defineBinding(
      'host',
      { ask: { input: z.tuple([]), output: z.unknown(), handler: ({ grant }) => grant } },
      { grant: z.array(z.string()), description: 'Asks.' },
    )
    using directory = tempDirectory({
      'timed.ts': `export default { every: { '0 8 * * 1-5': () => 1, '*/5 * * * *': () => 2 }, on: { ordr: () => 1 } }`,
      'only-timed.ts': `export default { every: { '0 0 * * *': () => 1 } }`,
      'narrow.ts': `export default { needs: { host: ['a', 'b'] }, on: { order: (p, ctx) => ctx.host.ask() } }`,
      'denied/deep.ts': 'export default { needs: { host: true, mail: true, no: false }, on: { order: () => 1 } }',
    })
    const policy = { ...PATIENT, scripts: { narrow: { allow: { host: ['a', 'c'] } } } }
    const told: string[] = []
    await using engine = await open(directory, {
      placement,
      policy,
      events: defineEvents({ order: {} }),
      bindings: [host],
      logger: {
        debug: () => undefined,
        info: () => undefined,
        error: () => undefined,
        warn: (_fields, message) => void told.push(message),
      },
    })
    const listed = Object.fromEntries(engine.scripts().map((info) => [info.id, info]))
    assert.equal(listed['timed']?.every, ['0 8 * * 1-5', '*/5 * * * *'])
    assert.match(listed['timed']?.warnings[0] ?? '', 'Did you mean "order"?')
    assert.equal(listed['only-timed']?.every, ['0 0 * * *'])
    assert.is(listed['only-timed']?.status, 'ready')
    assert.equal(listed['narrow']?.grant, { host: ['a'] })
    assert.match(listed['narrow']?.warnings[0] ?? '', 'b')
    const denied = listed['denied/deep']
    assert.is(denied?.status, 'denied')
    assert.equal(
      denied?.denied.map(({ need }) => need),
      ['host', 'mail'],
    )
    assert.match(denied?.error?.hint ?? '', 'allow: { host: true }')
    assert.equal(told, ['denied'])
    const announced: unknown[] = []
    engine.on('denied', ({ id, status, denied }) => announced.push([id, status, denied.length]))
    directory.write('denied/deep.ts', 'export default { needs: { host: true }, on: { order: () => 1 } }')
    await engine.reload()
    assert.equal(announced, [['denied/deep', 'denied', 1]])
    const { outcomes } = await engine.emit('order', 1)
    assert.equal(
      outcomes.map(({ script, status, value }) => [script, status, value]),
      [
        ['denied/deep', 'denied', undefined],
        ['narrow', 'ok', ['a']],
      ],
    )
    assert.match(outcomes[0]?.error?.hint ?? '', 'allow: { host: true }')
    expectNoPaths([engine.scripts(), outcomes], directory)
  })

  test(`${placement}: what is wrong is shown where it is wrong, in whichever file, and nothing of the host with it`, async () => {
    using directory = tempDirectory({
      'json.ts': `import data from './lib/data.json'\nexport default () => data`,
      'lib/data.json': '{\n  "a": 1,\n  "b": oops\n}',
      'lib-syntax.ts': `import { x } from './lib/syntax.ts'\nexport default () => x`,
      'lib/syntax.ts': 'export const x = 1\nexport const y = (\n',
      'lib-throws.ts': `import { x } from './lib/throws.ts'\nexport default () => x`,
      'lib/throws.ts': `\nconst settings: any = undefined\nexport const x = settings.value`,
      'neighbour.ts': `import other from './json.ts'\nexport default () => other`,
      'outside.ts': `import other from '../../../etc/passwd'\nexport default () => other`,
      'absolute.ts': `import other from '${HERE}/x.ts'\nexport default () => other`,
      'dynamic.ts': 'export default async (name: string) => import(name)',
      'manifest.ts': 'export default { on: { go: 7 } }',
      'typo.ts': 'export default { onn: { go: () => 1 } }',
      'nothing.ts': 'export const go = () => 1',
      'empty.ts': '',
      'slow.ts': 'for (;;) {}\nexport default () => 1',
      'deep.ts': 'const f = (): number => 1 + f()\nexport const x = f()\nexport default () => 1',
      'rejects.ts': `await Promise.reject(new RangeError('top'))\nexport default () => 1`,
      'odd name ☃.ts': `throw new Error('odd')\nexport default () => 1`,
    })
    const policy = { version: 1, defaults: { limits: { ...PATIENT.defaults.limits, loadCpu: '300ms' } } }
    await using engine = await open(directory, { placement, policy })
    const faults = Object.fromEntries(engine.scripts().map(({ id, error }) => [id, error]))
    const place = (id: string) => [faults[id]?.code, faults[id]?.location?.file, faults[id]?.location?.line]
    assert.equal(place('json'), ['SYNTAX_ERROR', 'lib/data.json', 3])
    assert.equal(place('lib-syntax').slice(0, 2), ['SYNTAX_ERROR', 'lib/syntax.ts'])
    assert.equal(place('lib-throws'), ['LOAD_EXCEPTION', 'lib/throws.ts', 3])
    assert.match(faults['lib-throws']?.frame ?? '', '> 3 | export const x = settings.value')
    assert.match(faults['lib-throws']?.stack ?? '', 'lib/throws.ts:3')
    for (const id of ['neighbour', 'outside', 'absolute']) assert.equal(place(id), ['IMPORT_FORBIDDEN', `${id}.ts`, 1])
    assert.is(faults['dynamic']?.location?.line ?? 1, 1)
    assert.is(faults['manifest']?.code, 'MANIFEST_INVALID')
    assert.match(`${faults['typo']?.message} ${faults['typo']?.hint}`, '"on"')
    assert.is(faults['nothing']?.code, 'MANIFEST_MISSING')
    assert.is(faults['empty']?.code, 'MANIFEST_MISSING')
    assert.is(faults['slow']?.code, 'LOAD_CPU_EXCEEDED')
    assert.is(faults['deep']?.code, 'STACK_EXCEEDED')
    assert.is(faults['rejects']?.location?.file ?? 'rejects.ts', 'rejects.ts')
    assert.is(faults['odd name ☃']?.location?.file, 'odd name ☃.ts')
    for (const [id, fault] of Object.entries(faults))
      if (id !== 'dynamic') assert.ok(fault !== undefined && fault.message.length > 10, `${id}: ${JSON.stringify(fault)}`)
    expectNoPaths(
      Object.entries(faults).filter(([id]) => id !== 'absolute'),
      directory,
    )
  })

  test(`${placement}: causes are told as a chain, each in its own file`, async () => {
    const files = {
      'a.ts': `import { read } from './lib/read.ts'
export default { on: {
  nested: async () => {
    try { await read() } catch (error) {
      throw new Error('outer', { cause: error })
    }
  },
  loop: () => { const e: any = new Error('snake'); e.cause = e; throw e },
  deep: () => { let e: unknown = 0; for (let i = 0; i < 500; i++) e = new Error('level ' + i, { cause: e }); throw e },
  aggregate: () => { throw new AggregateError([new Error('one'), new Error('two')], 'both') },
  odd: () => { throw new Error('outer', { cause: 'just text' }) },
} }`,
      'lib/read.ts': `export async function read(): Promise<never> {\n  await null\n  throw new RangeError('inner')\n}`,
    }
    await using engine = await openEngine(files, { placement })
    const failed = async (event: string) => {
      const [outcome] = (await engine.emit(event, 1)).outcomes
      expectStatus(outcome as Outcome, 'exception')
      return outcome?.error
    }
    const nested = await failed('nested')
    assert.equal(
      [nested?.name, nested?.message, nested?.location],
      ['Error', 'outer', { file: 'a.ts', line: 5, column: nested?.location?.column }],
    )
    assert.match(nested?.frame ?? '', `> 5 |       throw new Error('outer'`)
    assert.match(nested?.stack ?? '', /Error: outer\n {4}at .*a\.ts:5:\d+\)[\s\S]*caused by: RangeError: inner\n {4}at .*lib\/read\.ts:3:/)
    assert.match((await failed('loop'))?.message ?? '', 'snake')
    const deep = await failed('deep')
    assert.is(deep?.message, 'level 499')
    assert.ok((deep?.stack ?? '').length < 5_000)
    assert.is((await failed('aggregate'))?.name, 'AggregateError')
    assert.is((await failed('odd'))?.message, 'outer')
  })
}

test.run()
