// The constants of the build are restored a part at a time, because nothing writes them: here a wide variety of programs is run, and they are looked at.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { makeBase } from '../../engine/sandbox/quickjs/base.ts'
import { PAGE_BYTES, PLACES } from '../../engine/sandbox/quickjs/build.ts'
import { QuickJsCell } from '../../engine/sandbox/quickjs/cell.ts'
import { pagesFor } from '../../engine/sandbox/quickjs/machine.ts'
import type { RunEnd } from '../../engine/sandbox/sandbox.ts'
import { API_PROGRAMS } from '../contract/api-programs.ts'
import { loadImage, NOW_MS, PATIENT, terms, valueOf, wire } from '../harness/cells.ts'

const LIMITS = { ...PATIENT, cpuMs: 100 }
const base = makeBase()
const constants = new Uint32Array(base.image.bytes.buffer, base.image.bytes.byteOffset, PLACES.constantsEnd / 4)
const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }

const PROGRAMS: { readonly [name: string]: string } = {
  ...API_PROGRAMS,
  'regular expressions':
    'return [/(?<=\\p{L}+)(a|b)*?\\1$/iu.test("ß".repeat(99)), "x".repeat(999).split(/(x)/).length, /[^\\u{1F300}-\\u{1F5FF}]/gv.exec("🌍🌎")]',
  'a slow regular expression': 'return /^(a+)+$/.test("a".repeat(50) + "b")',
  'regular expressions that do not compile':
    'for (const p of ["(", "[z-a]", "a{2,1}", "(?<n>a)(?<n>b)", "\\\\p{No}"]) try { new RegExp(p, "u") } catch {} ; return 1',
  dates:
    'const all = []; for (let y = -9999; y < 9999; y += 777) all.push(new Date(y, 1, 29).toString(), Date.parse(`${y}-06-01`)); return all.length',
  JSON: 'let t = JSON.stringify({ a: Array.from({ length: 999 }, (_, i) => ({ i, s: "\\u2028" + i, d: i / 7 })) }, null, 3); return JSON.parse(t, (k, v) => v).a.length',
  'JSON, too deep': 'return JSON.parse("[".repeat(1e5))',
  BigInt:
    'let x = 3n; for (let i = 0; i < 12; i++) x = x * x + 1n; return [x.toString(36).length, (x / 7n) % 1000n, BigInt.asIntN(64, -x), (-x) >> 100n]',
  'BigInt, too large': 'return 2n ** (2n ** 62n)',
  sorting:
    'return [Array.from({ length: 3000 }, (_, i) => (i * 7919) % 3001).sort().at(-1), Float64Array.from({ length: 999 }, (_, i) => -i / 3).sort()[0], [3, 1].sort(() => { try { throw 1 } catch { return 0 } })]',
  'a sort that throws': '[3, 2, 1].sort(() => { throw new Error("in a comparator") })',
  Math: 'return Object.getOwnPropertyNames(Math).filter((k) => typeof Math[k] === "function").map((k) => String(Math[k](0.5, 2, -3)))',
  numbers:
    'return [1e21 + 0.1, 5e-324, (255).toString(2), (0.1).toFixed(20), (1e300).toPrecision(30), Number("0x1f"), parseFloat("1e-400"), (123.456).toExponential()].map(String)',
  'typed arrays':
    'const b = new ArrayBuffer(64); const v = new DataView(b); for (let i = 0; i < 8; i++) v.setFloat64(i * 8, i / 3); return [...new Uint8Array(b)].length + new Float32Array(b).reduce((a, c) => a + (c || 0), 0)',
  'classes and private members':
    'class A { #x = 1; static #n = 0; static { A.#n = 2 } get x() { return this.#x++ } has(o) { return #x in o } } const a = new A(); return [a.x, a.x, a.has({})]',
  'labels, destructuring, spread':
    'outer: for (const [a, { b = 2, ...rest } = {}] of [[1, { c: 3 }], [2]]) { for (;;) continue outer }; return [...new Set([..."aab"])]',
  'tagged templates': 'const tag = (s, ...v) => s.raw.join("|") + v; return tag`a${1}\\n${2}`',
  'getters, symbols, iterators':
    'const it = { *[Symbol.iterator]() { yield* [1, 2] }, [Symbol.toPrimitive]: () => 5, get [Symbol.toStringTag]() { return "It" } }; return [[...it], +it, String(Object.prototype.toString.call(it))]',
  'strings of every kind':
    'return ["ÀÉ".normalize("NFD").length, "İ".toLowerCase(), "ß".toUpperCase(), "a".padStart(9999, "xy").length, "😀".codePointAt(0), escape("ü"), encodeURIComponent("ü/"), "\\ud800".isWellFormed()]',
  'eval and Function':
    'for (let i = 0; i < 99; i++) (0, eval)(`globalThis.v${i} = function named${i}() { return ${i} }`); return new Function("...a", "return a.length")(1, 2)',
  'code that does not parse':
    'for (const c of ["(", "let let", "}", "a b", "`", "0b2", "class { constructor() {} constructor() {} }"]) try { (0, eval)(c) } catch {} ; return 1',
  'out of memory, bytes': 'const kept = []; for (;;) kept.push(new Uint8Array(1e5))',
  'out of memory, text': 'let s = "x"; for (;;) s += s + "y"',
  'out of memory, objects': 'const kept = []; for (;;) kept.push({ a: kept.length, b: {} })',
  'out of memory, atoms': 'for (let i = 0; ; i++) globalThis["name" + i] = Symbol("s" + i)',
  'stack overflow': 'const f = () => f() + 1; return f()',
  'stack overflow in native code': 'let v = []; for (let i = 0; i < 1e5; i++) v = [v]; return JSON.stringify(v)',
  'an interrupt': 'for (;;);',
  'an interrupt in jobs': 'for (;;) await 0',
  'an interrupt in a finally': 'try { for (;;); } finally { for (;;); }',
  'a result that cannot cross': 'return Symbol("no")',
}

/** Answers host calls with their first argument, and fires timers, until the run ends. */
async function toEnd(cell: QuickJsCell, first: RunEnd | undefined): Promise<RunEnd> {
  let end = first
  for (let moment = 1; end === undefined; moment++) {
    const [call, ...more] = cell.takeCalls()
    if (call !== undefined) {
      for (const { id } of more) end ??= cell.settle(id, true, wire(1), NOW_MS + moment)
      end ??= cell.settle(call.id, call.name !== 'host.fail', call.name === 'host.fail' ? 'NO\nrefused' : wire([1]), NOW_MS + moment)
    } else {
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, (cell.nextDue ?? 0) - performance.now())))
      end = cell.fireDue(NOW_MS + moment)
    }
  }
  return end
}

/** Addresses of constants that are not what they are in the base. */
function changed(cell: QuickJsCell): number[] {
  const found: number[] = []
  for (let word = 0; word < constants.length; word++)
    if (cell.machine.word(word * 4) >>> 0 !== constants[word] && found.length < 10) found.push(word * 4)
  return found
}

function newCell(memoryBytes = LIMITS.memoryBytes): QuickJsCell {
  return new QuickJsCell(base, pagesFor(memoryBytes, base.image.end), undefined, marker)
}

test('no program writes the constants, however it ends', async () => {
  const cell = newCell()
  const ends = new Map<string, number>()
  for (const [name, body] of Object.entries(PROGRAMS)) {
    const image = loadImage(cell, body)
    assert.equal(changed(cell), [], `loading: ${name}`)
    for (const same of [false, true]) {
      const { status } = await toEnd(cell, cell.start(image, terms(7, { limits: LIMITS }), same))
      ends.set(status, (ends.get(status) ?? 0) + 1)
      assert.equal(changed(cell), [], name)
    }
  }
  for (const status of ['ok', 'exception', 'cpu_exceeded', 'memory_exceeded', 'stack_exceeded'])
    assert.ok(ends.has(status), `one ends with ${status}`)
})

test('the constants lie where no image patches them', () => {
  const cell = newCell()
  for (const body of ['return 1', ...Object.values(PROGRAMS)]) {
    const { bytes } = loadImage(cell, body)
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    for (let i = 0; i < (words[0] ?? 0); i++) assert.ok((words[1 + 2 * i] ?? 0) >= PLACES.constantsEnd)
  }
})

test('constants that a broken engine had written are whole again: at once for another script, part by part for the same', () => {
  const cell = newCell()
  const image = loadImage(cell, 'return 1')
  const places = [42, 50_001, PLACES.constantsEnd - 1]
  const spoil = (): void => {
    for (const at of places) cell.machine.setByte(at, (cell.machine.word(at & ~3) >>> (8 * (at & 3))) ^ 0x5a)
  }
  const run = (same: boolean): unknown => valueOf(cell.start(image, terms(null, { limits: LIMITS }), same))
  run(false)
  spoil()
  assert.equal(
    changed(cell),
    places.map((at) => at & ~3),
  )
  run(false)
  assert.equal(changed(cell), [])
  for (let i = 0; i < 3; i++) run(true) // kept whole from here on
  spoil()
  for (let i = 0; i < 16; i++) run(true)
  assert.equal(changed(cell), [])
})

test('what a forged image leaves out is as in the base, or zero: nothing of another script is there', () => {
  const cell = newCell()
  const run = (body: string): unknown => valueOf(cell.start(loadImage(cell, body), terms(null, { limits: LIMITS }), false))
  const { bytes } = loadImage(cell, `return ${JSON.stringify('x'.repeat(50_000))}.length`)
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  const count = words[0] ?? 0
  const lengths = Array.from({ length: count }, (_, i) => words[2 + 2 * i] ?? 0)
  const heapAt = words[1 + 2 * (count - 1)] ?? 0
  const heapBytes = lengths.at(-1) ?? 0
  assert.is(heapAt, base.image.end, 'the last patch is the script’s own heap')
  // The same image, but for that patch: the heap still ends behind it.
  const kept = bytes.length - heapBytes
  const forged = new Uint8Array(kept - 8)
  forged.set(bytes.subarray(0, (1 + 2 * (count - 1)) * 4))
  forged.set(bytes.subarray((1 + 2 * count) * 4, kept), (1 + 2 * (count - 1)) * 4)
  new Uint32Array(forged.buffer)[0] = count - 1
  assert.is(run('const all = []; for (let i = 0; i < 999; i++) all.push("a secret " + i); return all.length'), 999)
  cell.machine.distrustBallast()
  cell.machine.restore(base.image, { bytes: forged })
  assert.is(cell.machine.break, base.image.end + heapBytes)
  assert.ok(cell.machine.isZero(base.image.end, cell.machine.break))
})

test('beyond the heap, all is zero once the cell has served another script', () => {
  const cell = newCell()
  const image = loadImage(cell, 'return "canary".repeat(100_000).length')
  const clean = loadImage(cell, 'return 1')
  assert.is(valueOf(cell.start(image, terms(null, { limits: LIMITS }), false)), 600_000)
  cell.start(clean, terms(null, { limits: LIMITS }), false)
  assert.ok(cell.machine.isZero(cell.machine.break, cell.machine.pages * PAGE_BYTES))
})

for (const [name, code] of Object.entries(PROGRAMS)) {
  test(`the dead stack is all zero before another script is served: ${name}`, () => {
    const cell = newCell()
    const { machine } = cell
    cell.start(loadImage(cell, code), terms(null, { limits: LIMITS }), false)
    machine.clearDeadStack()
    assert.ok(machine.isZero(PLACES.staticEnd, machine.exports.stackSave()))
  })
}

test.run()
