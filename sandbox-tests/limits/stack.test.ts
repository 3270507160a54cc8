// Deep stacks of every kind, at the ceiling of the limit: a clean end each time, never a crash, and the runner goes on.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMITS } from '../../engine/index.ts'
import { emitOne, expectStatus, openEngine, skip } from '../harness/engines.ts'

const DEEP: { readonly [way: string]: string } = {
  recursion: 'const f = (n) => 1 + f(n + 1); return f(0)',
  'mutual recursion through getters': 'const o = { get a() { return this.b }, get b() { return this.a } }; return o.a',
  'toString of itself': 'const o = {}; o.toString = () => `${o}`; return `${o}`',
  'a proxy of itself': 'const p = new Proxy({}, { get: (t, k, r) => r[k] }); return p.x',
  'array methods within each other': 'const f = () => [1].map(f)[0]; return f()',
  'a sort within a comparator': 'const f = () => [2, 1].sort(f).length; return f()',
  'JSON.parse of nested arrays': 'return JSON.parse("[".repeat(200000) + "]".repeat(200000)).length',
  'JSON.parse of nested objects': `return JSON.parse('{"a":'.repeat(100000) + '1' + '}'.repeat(100000)).length`,
  'JSON.parse with a reviver':
    'return JSON.parse("[".repeat(3000) + "]".repeat(3000), function f(k, v) { return JSON.parse("[[1]]", f) }).length',
  'JSON.stringify of a deep value': 'let v = 1; for (let i = 0; i < 100000; i++) v = [v]; return JSON.stringify(v).length',
  'JSON.stringify within toJSON': 'const o = { toJSON: () => JSON.stringify(o) }; return JSON.stringify(o)',
  'the parser: nested parentheses': 'return (0, eval)("(".repeat(50000) + "1" + ")".repeat(50000))',
  'the parser: nested arrays': 'return (0, eval)("[".repeat(50000) + "]".repeat(50000)).length',
  'the parser: nested functions': 'return (0, eval)("(()=>".repeat(20000) + "1" + ")".repeat(20000))',
  'the parser: unary operators': 'return (0, eval)("!".repeat(100000) + "1")',
  'the parser: templates': 'return (0, eval)("`${".repeat(20000) + "1" + "}`".repeat(20000))',
  'a regular expression with nested groups': 'return new RegExp("(".repeat(20000) + "a" + ")".repeat(20000)).test("a")',
  'a regular expression with nested lookaheads': 'return new RegExp("(?=".repeat(20000) + "a" + ")".repeat(20000)).test("a")',
  'a regular expression that backtracks deeply': 'return /^(?:a|ab)*$/.test("ab".repeat(200000) + "c")',
  'eval within eval': 'const f = (n) => (0, eval)("f2(" + n + ")"); globalThis.f2 = f; return f(0)',
  'new Function within itself': 'globalThis.g = () => new Function("return g()")(); return g()',
  'promise then of itself, synchronously': 'const t = { then(r) { r(t) } }; await t; return 1',
  'generators that delegate': 'function* g(n) { yield* g(n + 1) }; return [...g(0)].length',
  'classes that extend': 'let C = class {}; for (let i = 0; i < 20000; i++) C = class extends C {}; new C(); return 1',
  'bound functions': 'let f = () => 1; for (let i = 0; i < 100000; i++) f = f.bind(null); return f()',
  'flat of a deep array': 'let v = [1]; for (let i = 0; i < 100000; i++) v = [v]; return v.flat(Infinity).length',
  'structuredClone of a deep value': 'let v = [1]; for (let i = 0; i < 100000; i++) v = [v]; return structuredClone(v).length',
  'a deep result': 'let v = [1]; for (let i = 0; i < 20000; i++) v = [v]; return v',
  'a deep error cause': 'let e = new Error("0"); for (let i = 0; i < 20000; i++) e = new Error(String(i), { cause: e }); throw e',
  'instanceof along a deep prototype chain': 'let o = {}; for (let i = 0; i < 100000; i++) o = Object.create(o); return o instanceof Array',
  'a string concatenated a million times, then read': 'let s = ""; for (let i = 0; i < 300000; i++) s = "a" + s + "b"; return s.length',
}

/** Cut, refused or even done: all of them are clean. */
const CLEAN = new Set(['ok', 'exception', 'stack_exceeded', 'memory_exceeded', 'cpu_exceeded', 'output_exceeded', 'wall_exceeded'])

for (const stack of [LIMITS.stack.ceiling, LIMITS.stack.default, LIMITS.stack.floor]) {
  test(`thread: every kind of depth ends cleanly with ${stack / 1024} KiB of stack`, async () => {
    const killed: string[] = []
    const observer = {
      runner: ({ kind, reason }: { kind: string; reason?: string }) => void (kind === 'lost' && killed.push(reason ?? '')),
    }
    const handlers = Object.entries(DEEP).map(([way, body]) => `${JSON.stringify(way)}: async () => { ${body} }`)
    await using engine = await openEngine(
      { 'deep.ts': `export default { on: { ok: () => 'fine', ${handlers.join(',\n')} } }` },
      { observer, policy: { version: 1, defaults: { limits: { stack: `${stack}B`, cpu: '1s', wall: '60s', memory: '64MiB' } } } },
    )
    assert.is(engine.scripts()[0]?.status, 'ready', JSON.stringify(engine.scripts()[0]?.error))
    const ends: Record<string, string> = {}
    for (const way of Object.keys(DEEP)) {
      await engine.reload() // natively slow ways may be killed: no quarantine here
      const outcome = await emitOne(engine, way)
      ends[way] = outcome.status
      assert.ok(CLEAN.has(outcome.status), `${way}: ${outcome.status} ${outcome.error?.message}`)
      assert.not.match(JSON.stringify(outcome), /node:|file:\/\/|\/engine\//)
      assert.is((await emitOne(engine, 'ok')).value, 'fine', way)
    }
    assert.equal(killed, [], 'no runner crashed')
    for (const way of ['recursion', 'toString of itself', 'a proxy of itself', 'array methods within each other'])
      assert.is(ends[way], 'stack_exceeded', way)
    console.log(
      `# ${stack / 1024} KiB: ${Object.entries(Object.groupBy(Object.values(ends), (status) => status))
        .map(([status, all]) => `${all?.length} ${status}`)
        .join(', ')}`,
    )
  })
}

test('inline: recursion at the default stack ends cleanly', async () => {
  skip(
    'inline: the other kinds of depth',
    "the host's own stack is smaller than what the engine may need; `inline` is for scripts that the host trusts",
  )
  await using engine = await openEngine(
    { 'deep.ts': `export default { on: { down: () => { ${DEEP['recursion']} }, ok: () => 'fine' } }` },
    { placement: 'inline' },
  )
  expectStatus(await emitOne(engine, 'down'), 'stack_exceeded', 'STACK_EXCEEDED')
  assert.is((await emitOne(engine, 'ok')).value, 'fine')
})

test.run()
