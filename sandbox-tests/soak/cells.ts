// Load + run cycles without end: several scripts over several cells, every kind of end in a mixed order, every result checked.
import { DEFAULT_LIMITS, type Limits } from '../../engine/model/limits.ts'
import type { OutcomeStatus } from '../../engine/model/outcome.ts'
import { wireCodec } from '../../engine/sandbox/guest/guest-source.ts'
import type { ImageRef } from '../../engine/sandbox/image.ts'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import type { Cell, RunEnd } from '../../engine/sandbox/sandbox.ts'

/** What a soak of cells came to. */
export interface CellsReport {
  readonly cycles: number
  readonly seconds: number
  /** Growth of the host's memory since the first tenth, after a collection. */
  readonly heapGrowthBytes: number
  readonly externalGrowthBytes: number
  readonly handlesBefore: number
  readonly handlesAfter: number
  readonly ends: { readonly [kind: string]: number }
}

/** How far a soak goes. */
export interface CellsBounds {
  readonly cycles: number
  readonly maxSeconds: number
}

interface Kind {
  readonly event: string
  readonly weight: number
  readonly status: OutcomeStatus
  readonly limits?: Partial<Limits>
  /** What the handler comes to, for a payload and the script's own number. */
  readonly value?: (payload: number, script: number) => unknown
  /** Host replies, one for each call. */
  readonly calls?: number
}

const KINDS: readonly Kind[] = [
  { event: 'plain', weight: 90, status: 'ok', value: (n, s) => ({ sum: n + s, runs: 1, list: [n, n + 1, n + 2] }) },
  { event: 'shapes', weight: 4, status: 'ok', value: (n, s) => n + s + 200 },
  { event: 'graph', weight: 6, status: 'ok', value: (n) => new Map([[n, new Set([n])]]) },
  { event: 'calls', weight: 24, status: 'ok', calls: 3, value: (n, s) => [n * 2, n * 2 + 1, n * 2 + 2, s] },
  { event: 'throws', weight: 10, status: 'exception' },
  { event: 'rejects', weight: 8, status: 'exception' },
  { event: 'hangs', weight: 8, status: 'wall_exceeded' },
  { event: 'timers', weight: 6, status: 'ok', value: (n) => n },
  { event: 'leaves', weight: 6, status: 'ok', value: (n) => n },
  { event: 'weak', weight: 4, status: 'ok', value: () => true },
  { event: 'loop', weight: 2, status: 'cpu_exceeded', limits: { cpuMs: 1 } },
  { event: 'jobs', weight: 2, status: 'cpu_exceeded', limits: { cpuMs: 1 } },
  { event: 'full', weight: 1, status: 'memory_exceeded' },
  { event: 'fullCaught', weight: 1, status: 'memory_exceeded' },
  { event: 'deep', weight: 3, status: 'stack_exceeded' },
  { event: 'deepCaught', weight: 3, status: 'ok', value: (n) => n },
]

/** A script with a number of its own, so that one that ran in another's image would show. */
function source(script: number): string {
  return `(define) => {
    const own = ${script}
    let runs = 0
    const ballast = Array.from({ length: ${50 + script * 300} }, (_, i) => ({ i, text: 'own ' + own + ' ' + i }))
    const down = (n) => 1 + down(n + 1)
    define({ on: {
      plain: (n) => ({ sum: n + own, runs: ++runs, list: [n, n + 1, n + 2] }),
      shapes: (n) => { let o = {}; for (let i = 0; i < 200; i++) o['k' + n + '_' + i] = i; return n + own + Object.keys(o).length },
      graph: (n) => new Map([[n, new Set([n])]]),
      calls: async (n, ctx) => [await ctx.host.ask(n), ...(await Promise.all([ctx.host.ask(n), ctx.host.ask(n)])), own],
      throws: (n) => { throw new TypeError('thrown ' + n + ' by ' + own) },
      rejects: async (n) => { await null; throw Object.assign(new Error('rejected ' + n + ' by ' + own), { code: 'MINE' }) },
      hangs: () => new Promise(() => {}),
      timers: async (n) => { const ids = [1, 2, 3].map(() => setTimeout(() => {}, 1e6)); await new Promise((r) => setTimeout(r, 0)); ids.forEach(clearTimeout); return n },
      leaves: (n, ctx) => { ctx.host.ask(n); setTimeout(() => {}, 1); Promise.resolve().then(() => { for (;;) {} }); return n },
      weak: () => { const r = new WeakRef({}); new FinalizationRegistry(() => { for (;;) {} }).register({}, 1); return r instanceof WeakRef },
      loop: () => { for (;;) {} },
      jobs: async () => { for (;;) await null },
      full: (n) => { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(n)) },
      fullCaught: () => { try { const all = []; for (;;) all.push('x'.repeat(1 << 20) + all.length) } catch { return 'caught' } },
      deep: () => down(0),
      deepCaught: (n) => { try { return down(0) } catch { return n } },
    } })
  }`
}

const MOST_GROWTH_BYTES = 8 * 1024 * 1024
const SCRIPTS = 3
const CELLS = 3
const NOW_MS = 1_790_000_000_000
const SEED = '0123456789abcdef'.repeat(3)

/** Soaks. Throws at the first result that is wrong. Run with `--expose-gc` for exact figures. */
export async function soakCells(bounds: CellsBounds, tell: (line: string) => void = () => undefined): Promise<CellsReport> {
  const tub = new Tub()
  const started = performance.now()
  const ends: Record<string, number> = {}
  let settled: NodeJS.MemoryUsage | undefined
  let handlesBefore = 0
  let cycles = 0
  for (; cycles < bounds.cycles; cycles++) {
    const { event } = await tub.cycle(cycles)
    ends[event] = (ends[event] ?? 0) + 1
    if (cycles === Math.floor(bounds.cycles / 10)) {
      settled = collected()
      handlesBefore = countHandles()
    }
    if (cycles % 10_000 === 9_999) tell(`${cycles + 1} cycles, ${((performance.now() - started) / 1000).toFixed(0)} s`)
    if (performance.now() - started > bounds.maxSeconds * 1000) break
  }
  const now = collected()
  const before = settled ?? now
  return {
    cycles,
    seconds: (performance.now() - started) / 1000,
    heapGrowthBytes: now.heapUsed - before.heapUsed,
    externalGrowthBytes: now.external - before.external,
    handlesBefore,
    handlesAfter: countHandles(),
    ends,
  }
}

/** What has grown more than it may. */
export function cellsProblems({ heapGrowthBytes, externalGrowthBytes, handlesBefore, handlesAfter }: CellsReport): string[] {
  const found: string[] = []
  if (heapGrowthBytes > MOST_GROWTH_BYTES) found.push(`the heap grew by ${heapGrowthBytes} bytes`)
  if (externalGrowthBytes > MOST_GROWTH_BYTES) found.push(`memory outside the heap grew by ${externalGrowthBytes} bytes`)
  if (handlesAfter > handlesBefore) found.push(`${handlesBefore} handles before, ${handlesAfter} after`)
  return found
}

/** Without those of the output. */
function countHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|FS|WriteWrap)/.test(name)).length
}

function collected(): NodeJS.MemoryUsage {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage()
}

/** Scripts, cells, and the order in which they meet. */
class Tub {
  readonly #cells: Cell[] = []
  readonly #images: ImageRef[] = []
  readonly #servedLast: number[] = []
  readonly #weights = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  #state = 12_345

  constructor() {
    const arena = new ImageArena()
    const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
    const sandbox = createQuickJsSandbox({ arena: arena.memory }, marker)
    const loader = sandbox.createCell(DEFAULT_LIMITS.memoryBytes)
    for (let script = 0; script < SCRIPTS; script++) {
      const end = loader.load({
        code: source(script),
        touches: '',
        limits: { ...DEFAULT_LIMITS, loadCpuMs: 5_000 },
        now: NOW_MS,
        seed: SEED,
      })
      if (!end.ok) throw new Error(`script ${script} does not load: ${JSON.stringify(end)}`)
      this.#images.push(arena.place(loader.freeze('{"bindings":{"host":["ask"]},"log":true}')))
    }
    for (let cell = 0; cell < CELLS; cell++) this.#cells.push(sandbox.createCell(DEFAULT_LIMITS.memoryBytes))
  }

  /** One load + run, checked. */
  async cycle(n: number): Promise<Kind> {
    const script = this.#pick(SCRIPTS)
    const which = this.#pick(CELLS)
    const kind = this.#weights[this.#pick(this.#weights.length)] as Kind
    const cell = this.#cells[which] as Cell
    const isSame = this.#servedLast[which] === script
    this.#servedLast[which] = script
    const limits = { ...DEFAULT_LIMITS, cpuMs: 2_000, wallMs: 60_000, ...kind.limits }
    const payload = n % 1_000
    const terms = {
      event: kind.event,
      runId: 'r',
      payload: textOf(payload),
      limits,
      roomBytes: limits.memoryBytes,
      wallDeadline: performance.now() + limits.wallMs,
      now: NOW_MS,
      seed: SEED,
    }
    let end = cell.start(this.#images[script] as ImageRef, terms, isSame)
    let replies = 0
    while (end === undefined) {
      const calls = kind.calls === undefined ? [] : cell.takeCalls()
      for (const call of calls) if (end === undefined) end = cell.settle(call.id, true, textOf(payload * 2 + replies++), NOW_MS + replies)
      if (calls.length > 0) continue
      const due: number | undefined = cell.nextDue
      if (due === undefined) throw new Error(`cycle ${n}: ${kind.event} waits for nothing`)
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()))
      end = cell.fireDue(NOW_MS + 1)
    }
    check(n, { kind, end, payload, script })
    return kind
  }

  #pick(count: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0
    return (this.#state >>> 8) % count
  }
}

function check(n: number, { kind, end, payload, script }: { kind: Kind; end: RunEnd; payload: number; script: number }): void {
  const fail = (what: string): never => {
    throw new Error(`cycle ${n}: ${kind.event} of script ${script}: ${what}: ${JSON.stringify(end).slice(0, 1_000)}`)
  }
  if (end.status !== kind.status) fail(`not ${kind.status}`)
  if (kind.value !== undefined && textOf(wireCodec.decode(end.value ?? '')) !== textOf(kind.value(payload, script))) fail('another value')
  if (kind.event === 'throws' && end.fault?.message !== `thrown ${payload} by ${script}`) fail('another error')
  if (kind.event === 'rejects' && (end.fault?.message !== `rejected ${payload} by ${script}` || end.fault.code !== 'MINE'))
    fail('another error')
  if (kind.event === 'hangs' && end.stalled !== true) fail('not seen to be stalled')
  if (end.usage.memoryBytes > DEFAULT_LIMITS.memoryBytes + 65_536) fail('more memory than allowed')
}

function textOf(value: unknown): string {
  const wire = wireCodec.encode(value, 10_000)
  return wire.ok ? wire.text : wire.what
}
