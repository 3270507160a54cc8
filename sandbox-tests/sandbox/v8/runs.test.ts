// Runs in a cell of V8: how they are cut, what is left behind by a cut, by a state, by jobs; and that nothing of the host is in reach.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Cell } from '../../../engine/sandbox/sandbox.ts'
import { createV8Sandbox } from '../../../engine/sandbox/v8/v8-sandbox.ts'
import { loadImage, NOW_MS, PATIENT, terms, valueOf, wire } from '../../harness/cells.ts'

const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
const sandbox = createV8Sandbox({}, marker)
const newCell = (memoryBytes = PATIENT.memoryBytes): Cell => sandbox.createCell(memoryBytes)
const short = { ...PATIENT, cpuMs: 20 }

test('a run is cut soon after its CPU time, whatever it catches', () => {
  const cell = newCell()
  for (const body of [
    'for (;;) {}',
    'for (;;) try { for (;;) {} } catch {} finally { for (;;) {} }',
    'await 0; for (;;) {}',
    'setTimeout(() => {}, 0); for (;;) await 0',
  ]) {
    const began = performance.now()
    const end = cell.start(loadImage(cell, body), terms(null, { limits: short }), false)
    assert.is(end?.status, 'cpu_exceeded', body)
    assert.ok(performance.now() - began < 1_000, body)
    assert.ok((end?.usage.cpuMs ?? 0) >= 15, JSON.stringify(end))
  }
})

test('CPU time counts over all entries of a run', () => {
  const cell = newCell()
  const body = 'for (;;) { const end = performance.now(); for (let i = 0; i < 2e6; i++); await ctx.host.ask() }'
  let end = cell.start(loadImage(cell, body), terms(null, { limits: { ...PATIENT, cpuMs: 60 } }), false)
  for (let i = 0; i < 10_000 && end === undefined; i++)
    for (const call of cell.takeCalls()) end = cell.settle(call.id, true, wire(0), NOW_MS + i)
  assert.ok(end?.status === 'cpu_exceeded' || end?.status === 'host_calls_exceeded', JSON.stringify(end))
})

test('a run whose wall clock ends while it computes is cut with that', () => {
  const cell = newCell()
  const end = cell.start(loadImage(cell, 'for (;;) {}'), terms(null, { wallDeadline: performance.now() + 40 }), false)
  assert.is(end?.status, 'wall_exceeded')
})

test('a loop over host operations is cut', () => {
  const cell = newCell()
  const end = cell.start(loadImage(cell, 'for (;;) ctx.log.info("x".repeat(1e4))'), terms(null, { limits: short }), false)
  assert.is(end?.status, 'cpu_exceeded')
  assert.match(end?.logs.join() ?? '', /dropped/)
})

test('memory is measured above an empty sandbox, garbage left out', () => {
  const cell = newCell()
  const kept = 'const kept = Array.from({ length: event }, (_, i) => [i, i + 0.5, String(i)])'
  const used = (count: number, body: string): number =>
    cell.start(loadImage(cell, `${kept}; ${body}; return kept.length`), terms(count), false)?.usage.memoryBytes ?? 0
  const small = used(10, '')
  const large = used(40_000, '')
  assert.ok(small < 1024 * 1024, `${small}`)
  assert.ok(large > 2 * 1024 * 1024 && large < 16 * 1024 * 1024, `${large}`)
  const churning = cell.start(
    loadImage(cell, 'let n = 0; for (let i = 0; i < 300; i++) n += new Array(5e4).fill(i).length; return n'),
    terms(),
    false,
  )
  assert.is(churning?.status, 'ok', JSON.stringify(churning))
})

test('buffers that were refused end the run, though it catches the refusal; those that came and went do not', () => {
  const cell = newCell()
  const run = (body: string) => cell.start(loadImage(cell, body), terms(), false)?.status
  assert.is(run('const kept = []; try { for (;;) kept.push(new Uint8Array(1e5)) } catch { return "caught" }'), 'memory_exceeded')
  assert.is(run('return new ArrayBuffer(1e9)'), 'memory_exceeded')
  assert.is(
    run('const kept = []; try { for (;;) kept.push(new ArrayBuffer(1, { maxByteLength: 1e7 })) } catch { return "caught" }'),
    'memory_exceeded',
  )
  for (const size of [1e3, 1e5, 1e6, 5e6])
    assert.is(run(`let n = 0; for (let i = 0; i < ${1e8 / size}; i++) n += new Uint8Array(${size}).length; return n`), 'ok', `${size}`)
})

test('small limits hold too', () => {
  const limits = { ...PATIENT, memoryBytes: 512 * 1024 }
  const cell = newCell(limits.memoryBytes)
  const run = (body: string) => cell.start(loadImage(cell, body), terms(null, { limits }), false)?.status
  assert.is(run('globalThis.kept = Array.from({ length: 3e5 }, (_, i) => i + 0.5); return 1'), 'memory_exceeded')
  assert.is(run('return Array.from({ length: 1000 }, (_, i) => i).length'), 'ok')
  assert.is(run('globalThis.kept = new Uint8Array(4e6); return 1'), 'memory_exceeded')
})

test('after a settled handler no job runs, be it sync or async', () => {
  const cell = newCell()
  for (const body of [
    'Promise.resolve().then(() => list.push("then")); queueMicrotask(() => list.push("micro")); return [...list]',
    'void (async () => { await 0; list.push("early"); await 0; await 0; await 0; await 0; list.push("late") })(); return list.filter((x) => x !== "early")',
  ])
    for (const kind of ['', 'async ']) {
      const code = `(define) => { const list = []; define(${kind}(event) => { ${body} }) }`
      const end = cell.load({ code, touches: '', limits: PATIENT, now: NOW_MS, seed: '0'.repeat(48) })
      assert.ok(end.ok)
      cell.start(cell.freeze('{"bindings":{},"log":true}'), terms(), false)
      for (let i = 0; i < 3; i++) {
        const after = valueOf(cell.resume(terms())) as string[]
        assert.not.ok(after.includes('late') || (kind === '' && after.includes('then')), `${kind}${body}: ${after}`)
      }
    }
})

test('rejections that nobody handles change nothing', () => {
  const cell = newCell()
  for (const kind of ['', 'async ']) {
    const code = `(define) => define(${kind}(event) => { for (let i = 0; i < event; i++) Promise.reject(new Error('nobody')); Promise.reject(null); Promise.reject({ a: 1 }); return 'fine' })`
    const end = cell.load({ code, touches: '', limits: PATIENT, now: NOW_MS, seed: '0'.repeat(48) })
    assert.ok(end.ok, JSON.stringify(end))
    const image = cell.freeze('{"bindings":{},"log":true}')
    assert.is(valueOf(cell.start(image, terms(100), false)), 'fine')
    assert.is(valueOf(cell.start(image, terms(0), true)), 'fine')
  }
  const loading = cell.load({
    code: `(define) => { Promise.reject(1); define(() => 1) }`,
    touches: '',
    limits: PATIENT,
    now: NOW_MS,
    seed: '0'.repeat(48),
  })
  assert.ok(loading.ok, JSON.stringify(loading))
})

test('after any cut the next run of the script is brand-new, and so is that of another', () => {
  const cell = newCell()
  const image = loadImage(
    cell,
    'count++; if (event === 1) for (;;) {} if (event === 2) { const k = []; for (;;) k.push({ k }) } if (event === 3) for (;;) ctx.host.ask(); return count',
    'let count = 0',
  )
  const other = loadImage(cell, 'return typeof count')
  for (const cut of [1, 2, 3]) {
    const end = cell.start(image, terms(cut, { limits: { ...short, cpuMs: cut === 1 ? 20 : 2_000, hostCalls: 3 } }), false)
    assert.is(end?.status, ['', 'cpu_exceeded', 'memory_exceeded', 'host_calls_exceeded'][cut], JSON.stringify(end))
    cell.takeCalls()
    assert.is(valueOf(cell.start(image, terms(0), true)), 1)
    assert.is(valueOf(cell.start(other, terms(0), false)), 'undefined')
  }
})

test('a state goes on from run to run, and its limits are those of each run', () => {
  const cell = newCell()
  const image = loadImage(cell, 'list.push(event); return [list.length, "x".repeat(event)]', 'const list = []')
  cell.start(image, terms(1), false)
  for (let i = 2; i < 100; i++) assert.equal(valueOf(cell.resume(terms(i))), [i, 'x'.repeat(i)])
  assert.is(cell.resume(terms(900, { limits: { ...PATIENT, outputBytes: 500 } }))?.status, 'output_exceeded')
  assert.is(cell.resume(terms(900))?.status, 'ok')
})

test('a cell that is disposed of can be started again', () => {
  const cell = newCell()
  const image = loadImage(cell, 'return 5')
  cell.start(image, terms(), false)
  cell.dispose()
  cell.dispose()
  assert.is(valueOf(cell.start(image, terms(), true)), 5)
})

test('nothing of isolated-vm or of the host is in reach', () => {
  const cell = newCell()
  const body = `const odd = []
    const seen = new Set(), queue = [globalThis, ctx, ctx.log, ctx.host, ctx.signal, event]
    for (const name of Object.getOwnPropertyNames(globalThis)) queue.push(globalThis[name])
    const errors = [() => null.x, () => { const f = () => f(); f() }, () => eval('('), () => JSON.parse('{'), () => new Array(-1), () => ctx.host.ask(() => 1), () => structuredClone(() => 1), () => new URL('x'), () => import('fs')]
    for (const make of errors) try { queue.push(await make()) } catch (error) { queue.push(error) }
    for (let at = 0; at < queue.length; at++) {
      const value = queue[at]
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue
      seen.add(value)
      if (typeof value === 'function' && value.constructor !== undefined && !(value instanceof Function) && value !== Function.prototype) odd.push('foreign function ' + value.name)
      queue.push(Object.getPrototypeOf(value))
      for (const key of Reflect.ownKeys(value)) {
        if (/^(Reference|ExternalCopy|Callback|Isolate|Context|vivarium|process|require|lib)$/.test(String(key))) odd.push(String(key))
        const found = Object.getOwnPropertyDescriptor(value, key)
        queue.push(found.value, found.get, found.set)
      }
    }
    for (const error of queue) if (Error.isError(error) && (!(error instanceof Error) || /file:|node:|isolated-vm|node_modules/.test(error.stack + error.message))) odd.push(String(error.stack))
    return [odd, seen.size > 500]`
  const end = cell.start(loadImage(cell, body), terms(), false)
  assert.equal(valueOf(end), [[], true])
})

test('no call site, no caller and no setting of the engine is in reach', () => {
  const cell = newCell()
  const body = `let called = 0; const found = []
    Error.prepareStackTrace = (error, sites) => { called++; return sites }; Error.stackTraceLimit = 1e9
    for (const C of [Error, TypeError, RangeError]) { C.prepareStackTrace = Error.prepareStackTrace; if (typeof new C('x').stack !== 'string') found.push(C.name) }
    Object.prototype.prepareStackTrace = Error.prepareStackTrace; Function.prototype.prepareStackTrace = Error.prepareStackTrace
    try { null.x } catch (error) { if (typeof error.stack !== 'string') found.push('engine') }
    const sloppy = new Function('let all = [], at = arguments.callee; try { while ((at = at.caller) && all.length < 99) all.push(at) } catch {} return all')
    const handler = sloppy()
    if (handler.length > 1) found.push('caller')
    return [called, found, 'captureStackTrace' in Error]`
  assert.equal(valueOf(cell.start(loadImage(cell, body), terms(), false)), [0, [], false])
})

test('a script that names itself otherwise is still found in its stacks', () => {
  const cell = newCell()
  const end = cell.start(
    loadImage(cell, 'const f = () => { throw new Error("named") }\nf()\n//# sourceURL=file:///etc/passwd\n'),
    terms(),
    false,
  )
  assert.match(end?.fault?.stack ?? '', /^ {4}at f \(script:\d+:\d+\)\n {4}at <anonymous> \(script:\d+:\d+\)\n$/)
})

test('code that does not parse says where', () => {
  const end = newCell().load({ code: '(define) => {\n  define(1 +)\n}', touches: '', limits: PATIENT, now: NOW_MS, seed: '0'.repeat(48) })
  assert.not.ok(end.ok)
  assert.equal(end.ok ? [] : [end.status, end.fault?.name, end.fault?.stack], ['exception', 'SyntaxError', '    at script:2:13\n'])
})

test.run()
