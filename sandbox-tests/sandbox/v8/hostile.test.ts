// What takes a naive use of V8 down with its process, each snippet in a process of its own: what must come back as an outcome does, and what can only be
// killed is known.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const VICTIM = join(import.meta.dirname, 'victim.ts')
const PATIENCE_MS = 60_000
const KILL_AFTER_MS = 2_500
const MEMORY_BYTES = 16 * 1024 * 1024
/** Beyond the process itself and the limit, for what the engine needs to find out. */
const MOST_RSS = 600 * 1024 * 1024

interface Told {
  readonly status: string
  readonly after: string
  readonly rss: number
}

/** Runs snippets one after another in one process: what each came to, and how the process ended when not by itself. */
function run(
  bodies: readonly string[],
  cpuMs: number,
  patienceMs: number,
): Promise<{ readonly told: readonly Told[]; readonly death?: string }> {
  return new Promise((resolve) => {
    const given = [JSON.stringify(bodies), JSON.stringify({ cpuMs, memoryBytes: MEMORY_BYTES })]
    const child = spawn(process.execPath, ['--no-node-snapshot', VICTIM, ...given], { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const told = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Told)
      resolve(code === 0 ? { told } : { told, death: signal ?? `code ${code}` })
    })
  })
}

/** Snippet → the statuses that it may have. */
const CONTAINED: Readonly<Record<string, readonly string[]>> = {
  // As deep as memory allows, in native code.
  'let o = {}; for (let i = 0; i < 1e6; i++) o = { o }; return JSON.stringify(o).length': [
    'stack_exceeded',
    'cpu_exceeded',
    'memory_exceeded',
  ],
  'return JSON.parse("[".repeat(1e6) + "]".repeat(1e6)).length': ['memory_exceeded', 'cpu_exceeded', 'ok', 'output_exceeded'],
  'return eval("(".repeat(1e5) + "1" + ")".repeat(1e5))': ['stack_exceeded'],
  'return eval("a=>".repeat(1e5) + "1")': ['stack_exceeded'],
  'return new RegExp("(".repeat(1e5) + ")".repeat(1e5)).test("a")': ['exception', 'stack_exceeded'],
  'let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); return p.x': ['stack_exceeded', 'cpu_exceeded', 'memory_exceeded'],
  'let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(null); return f()': [
    'ok',
    'stack_exceeded',
    'cpu_exceeded',
    'memory_exceeded',
  ],
  'class A { get x() { return this.x } } return new A().x': ['stack_exceeded'],
  // Loops that the engine's optimiser once made endless.
  'let k; for (;;) k = new Array(1e3).fill(1.5)': ['cpu_exceeded'],
  'const k = []; for (;;) { k.length = 0; k.push(new Array(1e3).fill(1.5)) }': ['cpu_exceeded'],
  'const k = []; for (;;) k.push(new Array(1e3).fill(1.5))': ['memory_exceeded', 'cpu_exceeded'],
  'const a = new Float64Array(1e5); for (let i = 0; ; i = (i + 1) % 1e5) a[i] = a[i] * 2 + 1': ['cpu_exceeded'],
  'let s = 0; for (let i = 0; ; i++) s = (s + i * i) | 0': ['cpu_exceeded'],
  'outer: for (;;) { for (let i = 0; i < 100; i++) { for (let j = 0; j < 100; j++) { [i, j].fill(j) } } }': ['cpu_exceeded'],
  'for (;;) { try { throw new Error("x") } catch {} }': ['cpu_exceeded'],
  'return /(x+x+)+y/.test("x".repeat(40))': ['cpu_exceeded'],
  'for (;;) structuredClone([1, { a: [2] }])': ['cpu_exceeded'],
  // Jobs.
  'const f = async () => { for (;;) await 0 }; await f()': ['cpu_exceeded'],
  'const f = () => Promise.resolve().then(f); await f()': ['cpu_exceeded', 'memory_exceeded'],
  'const phoenix = async () => { try { for (;;) await 0 } finally { void phoenix() } }; await Promise.all([phoenix(), phoenix()])': [
    'cpu_exceeded',
    'memory_exceeded',
  ],
  'for (;;) Promise.reject(new Error("x"))': ['cpu_exceeded', 'memory_exceeded'],
  'void (async () => { for (;;) await 0 })(); return 1': ['ok'],
  // Memory.
  'let s = "a"; for (;;) s += s + "b"': ['exception', 'memory_exceeded'],
  'const s = []; for (;;) s.push("x".repeat(1000) + s.length)': ['memory_exceeded', 'cpu_exceeded'],
  'const s = []; for (;;) s.push(new Uint8Array(1e5))': ['memory_exceeded'],
  'return new ArrayBuffer(1e9).byteLength': ['memory_exceeded'],
  'const b = new ArrayBuffer(1, { maxByteLength: 1e9 }); b.resize(1e9); return 1': ['memory_exceeded'],
  'const b = []; try { for (;;) b.push(new ArrayBuffer(1, { maxByteLength: 1e7 })) } catch { return "caught" }': ['memory_exceeded'],
  'const f = []; for (;;) f.push(() => f.length, { f }, [f])': ['memory_exceeded'],
  'return new Uint8Array(1e7).toSorted().length': ['memory_exceeded'],
  'ctx.log.info("x".repeat(5e8))': ['memory_exceeded', 'cpu_exceeded', 'exception', 'ok'],
  // Values that loop while they are read.
  'return { get a() { for (;;); } }': ['cpu_exceeded'],
  'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e': ['cpu_exceeded'],
  'throw { get message() { for (;;); } }': ['cpu_exceeded'],
}

/** What ignores every deadline, or makes the engine give up: for a supervisor that kills, and a runner that can be lost. */
const KILLERS = [
  'return new Array(1e8).fill(0).length',
  'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'return (2n ** 30000000n).toString().length',
  'const x = []; x.length = 4294967295; x.sort(); return 1',
  'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })',
  'return new RegExp("(?:a|".repeat(1e4) + "b" + ")".repeat(1e4)).test("aaaa")',
]

test('whatever can be contained comes back as an outcome, and the next run is as good as ever', async () => {
  const bodies = Object.keys(CONTAINED)
  const { told, death } = await run(bodies, 500, PATIENCE_MS)
  assert.is(death, undefined, `the process ended at: ${bodies[told.length]}`)
  for (const [i, { status, after, rss }] of told.entries()) {
    const body = bodies[i] ?? ''
    assert.ok(CONTAINED[body]?.includes(status), `${status}: ${body}`)
    assert.is(after, 'ok', body)
    assert.ok(rss < MOST_RSS, `${rss} bytes resident: ${body}`)
  }
})

test('what can only be killed leaves no outcome, or one of a limit', async () => {
  for (const body of KILLERS) {
    const { told, death } = await run([body], 200, KILL_AFTER_MS)
    const status = told[0]?.status ?? death ?? ''
    process.stdout.write(`# ${status}: ${body}\n`)
    assert.ok(
      ['SIGKILL', 'SIGABRT', 'SIGTRAP', 'cpu_exceeded', 'memory_exceeded', 'exception', 'ok'].includes(status),
      `${status}: ${body}`,
    )
  }
})

test.run()
