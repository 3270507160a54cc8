// A run that is cut says where it was: the line that it computed at, the call that it awaited, or its handler where nobody can know.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, type Outcome } from '../../engine/index.ts'
import { COMBINATIONS, inCombination, tellSkippedCombinations } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine } from '../harness/engines.ts'

interface CutCase {
  readonly what: string
  readonly script: string
  readonly status: Outcome['status']
  readonly limits?: { readonly [name: string]: string | number }
  /** Lines of the script that are right; one engine notes places at calls only: of a loop, often the last one before it. */
  readonly lines: readonly number[]
  readonly function?: string
  readonly hint: RegExp
}

const COMPUTING = /^It was computing at the place shown, or a little further on\. Do less/
const HANDLER = /^Where in its handler it was is not known\./

const handler = (body: string, top = ''): string =>
  `${top}export default {\n  needs: { host: true },\n  on: {\n    async go(event, ctx) {\n${body}\n    },\n  },\n}\n`

const CASES: readonly CutCase[] = [
  {
    what: 'a loop in a function',
    script: `function spin(list: number[]) {\n  for (;;) {\n    list.push(1)\n    list.pop()\n  }\n}\nexport default (event) => {\n  spin([])\n}\n`,
    status: 'cpu_exceeded',
    limits: { cpu: '30ms' },
    lines: [1, 2, 3, 4],
    function: 'spin',
    hint: COMPUTING,
  },
  {
    what: 'a loop in an asynchronous function, after an await',
    script: handler(
      '      await spin([])',
      'async function spin(list: number[]) {\n  await null\n  for (;;) {\n    list.push(1)\n    list.pop()\n  }\n}\n',
    ),
    status: 'cpu_exceeded',
    limits: { cpu: '30ms' },
    lines: [2, 3, 4, 5],
    function: 'spin',
    hint: COMPUTING,
  },
  {
    what: 'a loop of log entries',
    script: handler("      for (;;)\n        ctx.log.info('again')"),
    status: 'cpu_exceeded',
    limits: { cpu: '30ms' },
    lines: [5, 6],
    function: 'go',
    hint: COMPUTING,
  },
  {
    what: 'a loop whose wall clock runs out first',
    script: handler('      const list = []\n      for (;;) {\n        list.push(1)\n        list.pop()\n      }'),
    status: 'wall_exceeded',
    limits: { wall: '2s' },
    lines: [4, 6, 7, 8],
    function: 'go',
    hint: /^It was computing at the place shown, or a little further on\. Wait/,
  },
  {
    what: 'one host call too many',
    script: handler('      for (let i = 0; i < 10; i++)\n        await ctx.host.ask()'),
    status: 'host_calls_exceeded',
    limits: { hostCalls: 3 },
    lines: [6],
    function: 'go',
    hint: /^It was computing at the place shown, or a little further on\. Ask for more/,
  },
  {
    what: 'a host call that is never answered',
    script: handler('      await forward(ctx)', 'async function forward(ctx) {\n  await ctx.host.hang()\n}\n'),
    status: 'wall_exceeded',
    limits: { wall: '2s' },
    lines: [2],
    function: 'forward',
    hint: /^It was awaiting host\.hang, called at the place shown\./,
  },
  {
    what: 'the call that has waited longest',
    script: handler('      await Promise.all([\n        ctx.host.ask(),\n        ctx.host.hang(),\n        ctx.host.hang(),\n      ])'),
    status: 'wall_exceeded',
    limits: { wall: '2s' },
    lines: [7],
    function: 'go',
    hint: /^It was awaiting host\.hang/,
  },
  {
    what: 'a timer that is far off',
    script: handler('      await new Promise((done) =>\n        setTimeout(done, 60_000))'),
    status: 'wall_exceeded',
    limits: { wall: '2s' },
    lines: [6],
    hint: /^It was awaiting setTimeout, called at the place shown\./,
  },
  {
    what: 'a promise that nobody resolves',
    script: handler('      await new Promise(() => {})'),
    status: 'wall_exceeded',
    lines: [4],
    hint: HANDLER,
  },
  {
    what: 'memory',
    script: handler("      const list = []\n      for (;;) list.push('x'.repeat(1_000) + list.length)"),
    status: 'memory_exceeded',
    limits: { memory: '2MiB' },
    lines: [4, 6],
    hint: /Keep less at once/,
  },
  {
    what: 'a result that is too large',
    script: handler("      return 'x'.repeat(10_000)"),
    status: 'output_exceeded',
    limits: { output: '1KiB' },
    lines: [4],
    hint: HANDLER,
  },
]

const host = defineBinding('host', {
  ask: { input: z.tuple([]), output: z.number(), handler: () => 1 },
  hang: { input: z.tuple([]), output: z.number(), handler: () => new Promise<number>(() => undefined) },
})

tellSkippedCombinations()

for (const combination of COMBINATIONS) {
  for (const { what, script, status, limits = {}, lines, function: name, hint } of CASES) {
    test(`${combination.name}: ${what}`, async () => {
      const policy = { version: 1, defaults: { limits: { cpu: '5s', wall: '60s', loadCpu: '5s', ...limits }, allow: { host: true } } }
      await using engine = await openEngine({ 'cut.ts': script }, inCombination(combination, { policy, bindings: [host] }))
      const { error, ...outcome } = await emitOne(engine, 'go')
      expectStatus({ error, ...outcome } as Outcome, status)
      const { location, frame = '', stack = '', docs } = error ?? {}
      assert.is(location?.file, 'cut.ts', JSON.stringify(error))
      assert.ok(lines.includes(location?.line ?? 0), `line ${location?.line}`)
      assert.match(frame, new RegExp(`^> *${location?.line} \\|`, 'm'))
      assert.match(error?.hint ?? '', hint)
      assert.is(docs, `docs/errors.md#${error?.code}`)
      if (name !== undefined) assert.match(stack, new RegExp(`^ {4}at ${name} \\(cut\\.ts:${location?.line}:`, 'm'))
    })
  }

  test(`${combination.name}: a top level that loops`, async () => {
    const script = 'const list = []\nfor (;;) {\n  list.push(1)\n  list.pop()\n}\nexport default () => 1\n'
    const policy = { version: 1, defaults: { limits: { loadCpu: '100ms' } } }
    await using engine = await openEngine({ 'cut.ts': script }, inCombination(combination, { policy }))
    const error = engine.scripts()[0]?.error
    assert.is(error?.code, 'LOAD_CPU_EXCEEDED')
    assert.ok([2, 3, 4, 6].includes(error?.location?.line ?? 0), `line ${error?.location?.line}`)
    assert.match(error?.hint ?? '', /Compute in a handler/)
  })
}

test.run()
