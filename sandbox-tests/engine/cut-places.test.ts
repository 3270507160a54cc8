// timeout: 600s
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
  /** Lines of the script that are right: a loop may be cut at any of its own. */
  readonly lines: readonly number[]
  readonly function?: string
  readonly hint: RegExp
}

const COMPUTING = /^It was computing at the place shown, or a little further on\. Do less/
const COMPUTING_AT = /^It was computing at the place shown, or a little further on\./
const HANDLER = /^Where in its handler it was is not known\./

const handler = (body: string, top = ''): string =>
  `${top}export default {\n  needs: { host: true },\n  on: {\n    async go(event, ctx) {\n${body}\n    },\n  },\n}\n`

const CASES: readonly CutCase[] = [
  {
    what: 'a loop in a function',
    script: `function spin(list: number[]) {\n  for (;;) {\n    list.push(1)\n    list.pop()\n  }\n}\nexport default (event) => {\n  spin([])\n}\n`,
    status: 'cpu_exceeded',
    limits: { cpu: '200ms' },
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
    limits: { cpu: '200ms' },
    lines: [2, 3, 4, 5],
    function: 'spin',
    hint: COMPUTING,
  },
  {
    what: 'a loop of log entries',
    script: handler("      for (;;)\n        ctx.log.info('again')"),
    status: 'cpu_exceeded',
    limits: { cpu: '200ms' },
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
    what: 'a buffer that is too large',
    script: handler('      const length = 1024 ** 3\n      return new Uint8Array(length).length'),
    status: 'memory_exceeded',
    lines: [6],
    function: 'go',
    hint: /^It was computing at the place shown, or a little further on\. Keep less/,
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

/** Where QuickJS is told of a place at all, it is this one. */
interface ExactCase {
  readonly what: string
  /** The script, or its files. */
  readonly script: string | { readonly [path: string]: string }
  readonly status: Outcome['status']
  /** `file:line` of the innermost frames. */
  readonly at: readonly string[]
}

const memory = (what: string, body: string, line: number): ExactCase => ({
  what,
  script: handler(body),
  status: 'memory_exceeded',
  at: [`cut.ts:${line}`],
})
const cpu = (what: string, body: string, line: number): ExactCase => ({
  what,
  script: handler(body),
  status: 'cpu_exceeded',
  at: [`cut.ts:${line}`],
})

const ON_QUICKJS: readonly ExactCase[] = [
  memory('a list that grows', 'const list = []\nfor (let i = 0; ; i++) {\n  list.push({ i })\n}', 7),
  memory('a list that grows by index', 'const list = []\nfor (let i = 0; ; i++) {\n  list[i] = { i }\n}', 7),
  memory(
    'a chain of literals, of which the engine notes the condition of the loop',
    'let last = null\nconst text = ctx.event.trim()\nfor (let i = 0; i < 1e9; i++) {\n  last = { last }\n}\nreturn last',
    7,
  ),
  memory(
    'a chain of literals in a loop without a condition',
    'let last = null\nconst text = ctx.event.trim()\nwhile (true) {\n  last = { last }\n}',
    8,
  ),
  memory('a text that doubles', "let text = 'x'\nwhile (true) {\n  text = text.repeat(2)\n}", 7),
  memory('one array that is too large', 'const length = 1e9\nreturn new Array(length)\n  .fill(0).length', 7),
  memory(
    'what a script would catch',
    'const list = []\ntry {\n  for (;;)\n    list.push(new Array(1_000).fill(1))\n} catch (error) {\n  list.length = 0\n  throw error\n}',
    8,
  ),
  memory(
    'native work that makes texts',
    'const big = Array.from({ length: 9_000 }, (_, i) => i)\nconst texts = []\nfor (;;)\n  texts.push(JSON.stringify(big))',
    8,
  ),
  {
    what: 'a recursion that builds lists',
    script: `function grow(depth) {\n  const mine = []\n  for (let i = 0; i < 10_000; i++)\n    mine.push([depth, i])\n  return [mine, grow(depth + 1)]\n}\nexport default () => grow(0)\n`,
    status: 'memory_exceeded',
    at: ['cut.ts:4', 'cut.ts:5'],
  },
  {
    what: 'a function of a file that is imported',
    script: {
      'lib/hoard.ts': `export function hoard(kept) {\n  for (;;)\n    kept.push('x'.repeat(1_000) + kept.length)\n}\n`,
      'cut.ts': `import { hoard } from './lib/hoard.ts'\nexport default () => {\n  hoard([])\n}\n`,
    },
    status: 'memory_exceeded',
    at: ['lib/hoard.ts:3', 'cut.ts:3'],
  },
  {
    what: 'an asynchronous function, after an await',
    script: `async function work() {\n  await null\n  const list = []\n  for (;;)\n    list.push([1, 2, 3])\n}\nexport default () => work()\n`,
    status: 'memory_exceeded',
    at: ['cut.ts:5'],
  },
  cpu(
    'a loop that only counts',
    "const text = 'abc'.trim()\nlet sum = 0\n// nothing\nfor (let i = 0; i < 1e12; i++) sum += i\nreturn sum",
    8,
  ),
  cpu(
    'a loop without a condition that only counts',
    'let n = 27\ndo {\n  n = n % 2 === 0 ? n / 2 : 3 * n + 1\n} while (n > 0)\nreturn n',
    7,
  ),
  cpu(
    'a loop within a loop',
    'let sum = 0\nfor (let k = 0; k < 1e9; k++) {\n  ctx.log\n  for (let i = 0; i < 1e12; i++) sum += i\n}\nreturn sum',
    8,
  ),
  cpu('a regular expression', "const text = 'a'.repeat(40)\nreturn /^(a+)+$/.test(\n  text + 'b')", 6),
  {
    what: 'a loop of a function that an asynchronous one calls',
    script: `function spin(n) {\n  let sum = 0\n  for (let i = 0; i < n; i++) sum += i\n  return sum\n}\nasync function work() {\n  await null\n  return spin(1e12) + 1\n}\nexport default () => work()\n`,
    status: 'cpu_exceeded',
    at: ['cut.ts:3', 'cut.ts:8'],
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

  for (const { what, script, status, at } of combination.runtime === 'quickjs' ? ON_QUICKJS : []) {
    test(`${combination.name}, exactly: ${what}`, async () => {
      const limits = { cpu: status === 'cpu_exceeded' ? '200ms' : '5s', wall: '60s', memory: '2MiB' }
      const policy = { version: 1, defaults: { limits, allow: { host: true } } }
      const files = typeof script === 'string' ? { 'cut.ts': script } : script
      await using engine = await openEngine(files, inCombination(combination, { policy, bindings: [host] }))
      const { error, ...outcome } = await emitOne(engine, 'go')
      expectStatus({ error, ...outcome } as Outcome, status)
      const places = [...(error?.stack ?? '').matchAll(/^ {4}at [^(\n]*\(([^()\n]+):\d+\)$/gm)].map(([, place]) => place)
      assert.equal(places.slice(0, at.length), at, error?.stack)
      assert.is(`${error?.location?.file}:${error?.location?.line}`, at[0])
      assert.match(error?.hint ?? '', COMPUTING_AT)
    })
  }

  test(`${combination.name}: a top level that needs too much memory`, async () => {
    const script = 'const list = []\nfor (;;)\n  list.push({ a: 1 })\nexport default () => 1\n'
    const policy = { version: 1, defaults: { limits: { memory: '2MiB', loadCpu: '5s' } } }
    await using engine = await openEngine({ 'cut.ts': script }, inCombination(combination, { policy }))
    const error = engine.scripts()[0]?.error
    assert.is(error?.code, 'LOAD_MEMORY_EXCEEDED')
    assert.is(error?.location?.line, combination.runtime === 'quickjs' ? 3 : 4)
  })

  test(`${combination.name}: a top level that loops`, async () => {
    const script = 'const list = []\nfor (;;) {\n  list.push(1)\n  list.pop()\n}\nexport default () => 1\n'
    const policy = { version: 1, defaults: { limits: { loadCpu: '300ms' } } }
    await using engine = await openEngine({ 'cut.ts': script }, inCombination(combination, { policy }))
    const error = engine.scripts()[0]?.error
    assert.is(error?.code, 'LOAD_CPU_EXCEEDED')
    assert.ok([2, 3, 4, 6].includes(error?.location?.line ?? 0), `line ${error?.location?.line}`)
    assert.match(error?.hint ?? '', /Compute in a handler/)
  })
}

test.run()
