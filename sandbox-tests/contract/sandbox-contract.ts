// What every runtime behind the seam `Sandbox` must do. One suite: each runtime calls it once, and a skip says why.
import { type Test, test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ActivityMarker, Cell, RunEnd, Sandbox } from '../../engine/sandbox/sandbox.ts'
import { loadImage, NOW_MS, PATIENT, SEED, SHAPE, terms, valueOf, wire } from '../harness/cells.ts'
import { skip } from '../harness/engines.ts'

/** A runtime to be held against the seam. */
export interface SandboxUnderTest {
  readonly name: Sandbox['runtime']
  readonly create: (marker: ActivityMarker) => Sandbox
  /** Title → why it cannot hold there. */
  readonly skip?: { readonly [title: string]: string }
}

type Clause = (cell: Cell, sandbox: Sandbox) => void | Promise<void>

const MEMORY = PATIENT.memoryBytes
const told: string[] = []
const marker: ActivityMarker = {
  enter: () => void told.push('enter'),
  polled: () => undefined,
  leave: () => void told.push('leave'),
  logged: (entry) => void told.push(entry),
}

/** Fires timers until the run ends. */
async function toEnd(cell: Cell, end: RunEnd | undefined): Promise<RunEnd> {
  let last = end
  while (last === undefined) {
    const { nextDue } = cell
    assert.ok(nextDue !== undefined, 'a run that waits has a timer')
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextDue - performance.now())))
    last = cell.fireDue(NOW_MS + 5)
  }
  return last
}

const CLAUSES: { readonly [title: string]: Clause } = {
  'a load tells the default export, and what the top level logged': (cell) => {
    const code = `(define) => { console.log('loading'); define({ name: 'n', on: { a: () => 1 } }) }`
    const end = cell.load({ code, touches: '', limits: PATIENT, now: NOW_MS, seed: SEED })
    assert.ok(end.ok)
    assert.match(end.descriptor, '"n"')
    assert.is(end.logs.length, 1)
  },
  'a load that throws, does not parse, or never ends says so, and the cell loads the next': (cell) => {
    const load = (code: string, loadCpuMs: number) =>
      cell.load({ code, touches: '', limits: { ...PATIENT, loadCpuMs }, now: NOW_MS, seed: SEED })
    for (const [code, status] of [
      [`() => { throw new TypeError('top') }`, 'exception'],
      ['() => {', 'exception'],
      ['() => { for (;;) {} }', 'cpu_exceeded'],
      ['() => { const f = () => f() + 1; f() }', 'stack_exceeded'],
      ['() => { const kept = []; for (;;) kept.push(new Uint8Array(1e6)) }', 'memory_exceeded'],
    ] as const) {
      const end = load(code, status === 'cpu_exceeded' ? 20 : PATIENT.loadCpuMs)
      assert.not(end.ok)
      assert.is(end.ok ? 'ok' : end.status, status, code)
    }
    assert.is(valueOf(cell.start(loadImage(cell, 'return 7'), terms(), false)), 7)
  },
  'the same script has the same image, whichever cell loads it, whatever the cell did before': (cell, sandbox) => {
    const image = loadImage(cell, 'return event')
    cell.start(loadImage(cell, 'return "x".repeat(1e6)'), terms(), false)
    assert.equal(loadImage(cell, 'return event'), image)
    assert.equal(loadImage(sandbox.createCell(MEMORY), 'return event'), image)
  },
  'each start is brand-new, for the same script and after another': (cell) => {
    const image = loadImage(cell, 'globalThis.n = (globalThis.n ?? 0) + 1; Object.prototype.kept = 1; return [n, ++count]', 'let count = 0')
    const other = loadImage(cell, 'return [typeof n, {}.kept]')
    for (const same of [false, true, true, true, false]) assert.equal(valueOf(cell.start(image, terms(), same)), [1, 1])
    assert.equal(valueOf(cell.start(other, terms(), false)), ['undefined', undefined])
    assert.equal(valueOf(cell.start(image, terms(), false)), [1, 1])
  },
  'a resume goes on where the last run ended': (cell) => {
    const image = loadImage(cell, 'return ++count', 'let count = 0')
    assert.is(valueOf(cell.start(image, terms(), false)), 1)
    for (let i = 2; i < 50; i++) assert.is(valueOf(cell.resume(terms())), i)
  },
  'jobs and timers that a run left behind never run, not even after a resume': (cell) => {
    const body =
      'setTimeout(() => log.push("timer")); void (async () => { for (let i = 0; i < 9; i++) await 0; log.push("job") })(); return log'
    const image = loadImage(cell, body, 'const log = []')
    assert.equal(valueOf(cell.start(image, terms(), false)), [])
    assert.is(cell.nextDue, undefined)
    assert.equal(valueOf(cell.resume(terms())), [])
  },
  'a snapshot is adopted by another cell, and both go on by themselves': (cell, sandbox) => {
    const image = loadImage(cell, 'list.push(event); return list', 'const list = []')
    cell.start(image, terms('a'), false)
    const snapshot = cell.snapshot()
    const other = sandbox.createCell(MEMORY)
    other.adopt(snapshot)
    assert.equal(valueOf(other.resume(terms('b'))), ['a', 'b'])
    assert.equal(valueOf(cell.resume(terms('c'))), ['a', 'c'])
    cell.adopt(snapshot)
    assert.equal(valueOf(cell.resume(terms('d'))), ['a', 'd'])
  },
  'host calls are taken once, and settled in any order': (cell) => {
    const body = 'const all = [1, 2, 3].map((n) => ctx.host.ask(n).catch((e) => [e.code, e.message])); return Promise.all(all)'
    assert.is(cell.start(loadImage(cell, body), terms(), false), undefined)
    const calls = cell.takeCalls()
    assert.equal(
      calls.map(({ name, args }) => [name, args]),
      [1, 2, 3].map((n) => ['host.ask', wire([n])]),
    )
    assert.equal(cell.takeCalls(), [])
    const [first, second, third] = calls.map(({ id }) => id) as [number, number, number]
    assert.is(cell.settle(third, true, wire('three'), NOW_MS + 1), undefined)
    assert.is(cell.settle(first, false, 'NOPE\nrefused\nin two lines', NOW_MS + 2), undefined)
    const end = cell.settle(second, true, wire(undefined), NOW_MS + 3)
    assert.equal(valueOf(end), [['NOPE', 'refused\nin two lines'], undefined, 'three'])
    assert.is(end?.usage.hostCalls, 3)
  },
  'time stands still while the guest computes, and moves on at host replies': (cell) => {
    const body =
      'const a = Date.now(); for (let i = 0; i < 1e5; i++); const b = Date.now(); await ctx.host.ask(); return [a, b, Date.now()]'
    cell.start(loadImage(cell, body), terms(), false)
    const [call] = cell.takeCalls()
    assert.equal(valueOf(cell.settle(call?.id ?? 0, true, wire(0), NOW_MS + 250)), [NOW_MS, NOW_MS, NOW_MS + 250])
  },
  'timers fire in order, and the next one is known': async (cell) => {
    const body = `const seen = []; const wait = (ms) => new Promise((r) => setTimeout(() => { seen.push(ms); r() }, ms))
      const off = setTimeout(() => seen.push('never'), 2); clearTimeout(off)
      await Promise.all([wait(9), wait(1), wait(5)]); return seen`
    const before = performance.now()
    const end = cell.start(loadImage(cell, body), terms(), false)
    assert.ok((cell.nextDue ?? 0) > before && (cell.nextDue ?? 0) < before + 5_000)
    assert.equal(valueOf(await toEnd(cell, end)), [1, 5, 9])
    assert.is(cell.nextDue, undefined)
  },
  'a cancel gives the script one turn, and ends the run': (cell) => {
    const body = `ctx.signal.addEventListener('abort', () => ctx.log.info(String(ctx.signal.reason))); await new Promise((r) => setTimeout(r, 9e3))`
    assert.is(cell.start(loadImage(cell, body), terms(), false), undefined)
    const end = cell.cancel('enough', NOW_MS + 1)
    assert.is(end.status, 'cancelled')
    assert.match(end.logs.join(), /enough/)
    assert.is(cell.nextDue, undefined)
  },
  'an expired run keeps its logs, and the next start is brand-new': (cell) => {
    const image = loadImage(
      cell,
      'ctx.log.info("begun"); if (event) await new Promise((r) => setTimeout(r, 9e3)); return ++count',
      'let count = 0',
    )
    assert.is(cell.start(image, terms(true), false), undefined)
    assert.is(cell.logged.length, 1)
    const end = cell.expire()
    assert.is(end.status, 'wall_exceeded')
    assert.is(end.logs.length, 1)
    assert.is(valueOf(cell.start(image, terms(false), true)), 1)
  },
  'each limit cuts with its status, and the next start is brand-new': (cell) => {
    const bodies = {
      cpu_exceeded: 'try { for (;;) {} } finally { for (;;) {} }',
      memory_exceeded:
        'const kept = []; try { for (;;) kept.push("x".repeat(1e4) + kept.length, new Array(100).fill(kept.length)) } catch { return "caught" }',
      stack_exceeded: 'const f = () => f() + 1; return f()',
      host_calls_exceeded: 'for (let i = 0; i < 9; i++) try { void ctx.host.ask() } catch {} ; return "caught"',
      output_exceeded: 'return "x".repeat(2000)',
      wall_exceeded: 'await new Promise(() => {})',
    }
    const image = loadImage(cell, 'return ++count', 'let count = 0')
    for (const [status, body] of Object.entries(bodies)) {
      const limits = { ...PATIENT, cpuMs: status === 'cpu_exceeded' ? 20 : PATIENT.cpuMs, hostCalls: 3, outputBytes: 1_000 }
      const end = cell.start(loadImage(cell, body), terms(null, { limits }), false)
      assert.is(end?.status, status, JSON.stringify(end))
      assert.is(valueOf(cell.start(image, terms(), false)), 1)
    }
  },
  'a thrown error is a fault; a result that cannot cross says where': (cell) => {
    const thrown = cell.start(loadImage(cell, 'throw Object.assign(new TypeError("no"), { code: "E1" })'), terms(), false)
    assert.is(thrown?.status, 'exception')
    assert.equal([thrown?.fault?.name, thrown?.fault?.message, thrown?.fault?.code], ['TypeError', 'no', 'E1'])
    const notPlain = cell.start(loadImage(cell, 'return { a: [1, () => 2] }'), terms(), false)
    assert.is(notPlain?.status, 'exception')
    assert.match(notPlain?.notPlain?.path ?? '', /a.*1/)
  },
  'the seed decides chance, and nothing else does': (cell) => {
    const image = loadImage(
      cell,
      'return [Math.random(), Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(9))]]',
    )
    const run = (seed: string): unknown => valueOf(cell.start(image, terms(null, { seed }), false))
    const value = run(SEED)
    assert.equal(run(SEED), value)
    const [a, b] = value as [number, number]
    const [other] = run('f'.repeat(48)) as [number]
    assert.is(new Set([a, b, other]).size, 3)
  },
  'the activity marker sees every entry left again, and every log entry': (cell) => {
    const image = loadImage(cell, 'ctx.log.info("one"); if (event) for (;;) {}')
    for (const event of [false, true]) {
      told.length = 0
      const end = cell.start(image, terms(event, { limits: { ...PATIENT, cpuMs: 10 } }), false)
      assert.equal(
        told.filter((entry) => entry !== 'enter' && entry !== 'leave'),
        end?.logs,
      )
      let depth = 0
      for (const entry of told) depth += entry === 'enter' ? 1 : entry === 'leave' ? -1 : 0
      assert.is(depth, 0)
    }
  },
  'what a freeze cannot fit is thrown, and the cell goes on': (cell) => {
    const code = '(define) => { define(() => 1); Object.freeze(Object.prototype); Promise = undefined }'
    const end = cell.load({ code, touches: '', limits: PATIENT, now: NOW_MS, seed: SEED })
    assert.ok(end.ok)
    cell.freeze(SHAPE)
    assert.is(valueOf(cell.start(loadImage(cell, 'return 1'), terms(), false)), 1)
  },
  'a disposed cell has no timers and no calls': (cell) => {
    cell.start(loadImage(cell, 'void ctx.host.ask(); await new Promise((r) => setTimeout(r, 9e3))'), terms(), false)
    cell.dispose()
    assert.is(cell.nextDue, undefined)
    assert.equal(cell.takeCalls(), [])
  },
}

/** Runs the suite over a runtime. */
export function sandboxContract({ name, create, skip: skipped = {} }: SandboxUnderTest): Test {
  const sandbox = create(marker)
  for (const title of Object.keys(skipped)) assert.ok(title in CLAUSES, `"${title}" is no clause of the contract`)
  test(`${name}: it tells which runtime it is, and its base`, () => {
    assert.is(sandbox.runtime, name)
    assert.match(sandbox.baseHash, /^[0-9a-f]{64}$/)
    assert.is(create(marker).baseHash, sandbox.baseHash)
  })
  for (const [title, clause] of Object.entries(CLAUSES)) {
    const reason = skipped[title]
    if (reason !== undefined) skip(`${name}: ${title}`, reason)
    else test(`${name}: ${title}`, () => clause(sandbox.createCell(MEMORY), sandbox))
  }
  return test
}
