// Runs attacks: in each placement, beside a neighbour in the same runner; then looks at the outcome, at what came out, at the host and at the neighbour.
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { inspect, isDeepStrictEqual } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { createEngine, type Engine, type MemoryStore, memoryStore } from '../../engine/index.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import { ROOT } from '../harness/source-files.ts'
import type { Attack, Battlefield, Expectation, Threat } from './attack.ts'

const PLACEMENTS = ['inline', 'thread'] as const
type Placement = (typeof PLACEMENTS)[number]

const ENV_CANARY = 'env-canary-5c1f0e'
const NEIGHBOUR_CANARY = 'neighbour-canary-93ab7d'
process.env['VIVARIUM_CANARY'] = ENV_CANARY
/** What nothing that comes out of a sandbox may hold. */
const SECRETS = [ENV_CANARY, NEIGHBOUR_CANARY, ROOT, process.execPath, homedir(), 'file://', 'node:internal', 'node_modules/']

const NEIGHBOUR = `
const secret = '${NEIGHBOUR_CANARY}'
globalThis.neighbourSecret = secret
export default { needs: { kv: true }, on: { neighbour: async (event, ctx) => {
  await ctx.kv.set('secret', secret)
  return [event.n * 2, (await ctx.kv.get('secret')) === secret, [1, 2, 3].map((n) => n + 1).join(), JSON.stringify({ ok: {} })]
} } }`
const NEIGHBOUR_RESULT = [42, true, '2,3,4', '{"ok":{}}']
/** Cuts are far below; a machine that is busy may take a while. */
const LONGEST_MS = 60_000

interface NamedAttack {
  readonly name: string
  readonly attack: Attack
}

/** The attacks of some classes, by file name. Rejects a file without an attack, or one that expects nothing. */
export async function loadAttacks(threats: readonly Threat[]): Promise<NamedAttack[]> {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.attack.ts'))
    .sort()
  const all: NamedAttack[] = []
  for (const file of files) {
    const { attack } = (await import(join(import.meta.dirname, file))) as { attack?: Attack }
    const name = basename(file, '.attack.ts')
    if (attack === undefined) throw new TypeError(`${file} exports no attack`)
    if (attack.expect === undefined || expectations(attack).length === 0) throw new TypeError(`${file} does not say what to expect`)
    if (!name.startsWith(`${attack.threat}-`))
      throw new TypeError(`${file} is of the class "${attack.threat}": its name must begin with it`)
    all.push({ name, attack })
  }
  return all.filter(({ attack }) => threats.includes(attack.threat))
}

/** Registers a test for each attack of some classes in each placement. Call `test.run()` afterwards. */
export async function testAttacks(threats: readonly Threat[]): Promise<void> {
  const attacks = await loadAttacks(threats)
  assert.ok(attacks.length > 0, 'there are no attacks of these classes')
  for (const placement of PLACEMENTS) {
    const arena = new Arena(placement, attacks)
    for (const { name, attack } of attacks) {
      const reason = placement === 'inline' ? attack.skip?.inline : undefined
      if (reason !== undefined) {
        console.log(`# ${placement}: ${name} skipped: ${reason}`)
        continue
      }
      test(`${placement}: ${name}: ${attack.title}`, async () => {
        if (attack.isAlone === undefined) return await arena.fight(name, attack)
        const own = new Arena(placement, [{ name, attack }])
        try {
          await own.fight(name, attack)
        } finally {
          await own.close()
        }
      })
    }
    test(`${placement}: nothing is left behind`, () => arena.close())
  }
}

/** An engine with a neighbour in it, into which attackers come one after the other. */
class Arena {
  readonly #placement: Placement
  readonly #policy: object
  readonly #store: MemoryStore = memoryStore({ 'neighbour.ts': NEIGHBOUR })
  #opening: Promise<Engine> | undefined

  constructor(placement: Placement, attacks: readonly NamedAttack[]) {
    this.#placement = placement
    // Attackers are given seconds of computing, and the neighbour waits for the one runner: on a busy machine that takes its time.
    const wall = '60s'
    const settings = attacks.map(({ name, attack: { policy } }) => [name, { ...policy, limits: { wall, ...policy?.limits } }] as const)
    const scripts = { ...Object.fromEntries(settings), neighbour: { limits: { wall } } }
    this.#policy = { version: 1, defaults: { allow: { log: true, kv: true } }, scripts }
  }

  async close(): Promise<void> {
    await (await this.#opening)?.close()
  }

  /** One attack, start to end. */
  async fight(name: string, attack: Attack): Promise<void> {
    const engine = await this.#engine()
    const before = hostSurface()
    await expectNeighbour(engine, 'before')
    const files = typeof attack.source === 'string' ? { main: attack.source } : attack.source
    for (const [path, text] of Object.entries(files)) this.#store.write(path === 'main' ? `${name}.ts` : path, text)
    const startedAt = performance.now()
    const growth = watchGrowth()
    try {
      await engine.reload()
      expectLoad(engine, name, attack)
      const beside = this.#placement === 'thread' ? expectNeighbour(engine, 'during') : undefined
      beside?.catch(() => undefined) // awaited below, whatever comes first
      const outcomes = await this.#outcomes(engine, name, attack)
      await beside
      expectOutcomes(outcomes, attack)
      expectNoSecrets([outcomes, engine.scripts().filter(({ id }) => id !== 'neighbour')])
      await expectNeighbour(engine, 'after')
      if (attack.noReturn === undefined && attack.load === undefined) await expectNormal(engine, name)
    } finally {
      const grownMiB = growth.stop()
      for (const path of Object.keys(files)) this.#store.remove(path === 'main' ? `${name}.ts` : path)
      await engine.reload()
      if (attack.growthMiB !== undefined) assert.ok(grownMiB <= attack.growthMiB, `the process grew by ${grownMiB} MiB`)
    }
    assert.ok(isDeepStrictEqual(hostSurface(), before), 'the host was changed')
    assert.ok(performance.now() - startedAt < LONGEST_MS, 'it took too long')
  }

  #engine(): Promise<Engine> {
    this.#opening ??= createEngine({
      scripts: this.#store,
      placement: this.#placement,
      workers: 1,
      policy: this.#policy,
      bindings: [...standardBindings({ kv: ':memory:' })],
    })
    return this.#opening
  }

  async #outcomes(engine: Engine, name: string, attack: Attack): Promise<readonly Outcome[]> {
    const store = this.#store
    const field: Battlefield = {
      engine,
      fire: async (payload = attack.payload ?? { n: 1 }, options = {}) => only(await engine.emit('attack', payload, options), name),
      async write(path, text) {
        store.write(path, text)
        await engine.reload()
      },
    }
    if (attack.act !== undefined) return await attack.act(field)
    // A script that could not be loaded handles no event.
    if (attack.load !== undefined) return []
    const outcomes: Outcome[] = []
    for (const _ of expectations(attack)) outcomes.push(await field.fire())
    return outcomes
  }
}

function expectations({ expect }: Attack): readonly Expectation[] {
  return Array.isArray(expect) ? (expect as readonly Expectation[]) : [expect as Expectation]
}

function only({ outcomes }: { readonly outcomes: readonly Outcome[] }, script: string): Outcome {
  const outcome = outcomes.find((each) => each.script === script)
  if (outcome === undefined) throw new TypeError(`"${script}" has no outcome`)
  return outcome
}

function expectLoad(engine: Engine, name: string, { load }: Attack): void {
  const info = engine.scripts().find(({ id }) => id === name)
  if (load === undefined) return assert.is(info?.status, 'ready', `it did not load: ${info?.error?.message}`)
  assert.ok(info?.status === 'failed' || info?.status === 'denied', 'it loaded')
  assert.is(info?.error?.code, load.code)
  if (load.message !== undefined) assert.match(info?.error?.message ?? '', load.message)
}

function expectOutcomes(outcomes: readonly Outcome[], attack: Attack): void {
  if (attack.load !== undefined && attack.act === undefined) return
  const expected = expectations(attack)
  assert.is(outcomes.length, expected.length, 'the number of outcomes')
  for (const [index, expectation] of expected.entries()) expectOutcome(outcomes[index] as Outcome, expectation)
}

function expectOutcome(outcome: Outcome, { status, code, value, check }: Expectation): void {
  const shown = `${outcome.status} ${outcome.error?.code ?? ''} ${outcome.error?.message ?? ''} ${inspect(outcome.value).slice(0, 300)}`
  assert.is(outcome.status, status, shown)
  if (code !== undefined) assert.is(outcome.error?.code, code, shown)
  if (value !== undefined || check === undefined) assert.equal(outcome.value, value, shown)
  check?.(outcome)
  // Whoever keeps outcomes writes them as JSON: that must neither end the process nor take for ever, whatever the script returned.
  JSON.stringify(outcome, plain([]))
}

/** For JSON: big integers as text, cycles cut. */
function plain(path: object[]) {
  return function (this: object, _key: string, value: unknown): unknown {
    while (path.length > 0 && path.at(-1) !== this) path.pop()
    if (typeof value === 'bigint') return `${value}`
    if (typeof value !== 'object' || value === null) return value
    if (path.includes(value)) return 'cycle'
    path.push(value)
    return value
  }
}

function expectNoSecrets(seen: unknown): void {
  const text = inspect(seen, { depth: 60, maxArrayLength: 1_000, maxStringLength: null, breakLength: Number.POSITIVE_INFINITY })
  for (const secret of SECRETS) assert.not.ok(text.includes(secret), `"${secret}" came out: ${around(text, secret)}`)
}

function around(text: string, secret: string): string {
  const at = text.indexOf(secret)
  return text.slice(Math.max(0, at - 100), at + 100)
}

async function expectNeighbour(engine: Engine, when: string): Promise<void> {
  const outcome = only(await engine.emit('neighbour', { n: 21 }), 'neighbour')
  // A run that had already called the host when its runner had to be killed is lost, and says so: once more, then.
  const told =
    when === 'during' && outcome.status === 'runner_lost' ? only(await engine.emit('neighbour', { n: 21 }), 'neighbour') : outcome
  assert.is(told.status, 'ok', `the neighbour ${when}: ${told.error?.message}`)
  assert.equal(told.value, NEIGHBOUR_RESULT, `the neighbour ${when}`)
}

async function expectNormal(engine: Engine, name: string): Promise<void> {
  const outcome = only(await engine.emit('normal', { n: 41 }), name)
  assert.is(outcome.status, 'ok', `the attacker's own normal event: ${outcome.error?.message}`)
  assert.is(outcome.value, 42)
}

/** What a pollution of the host would change: names and values of the globals' and prototypes' properties. */
function hostSurface(): unknown {
  const objects = [Object, Array, Function, String, Number, Boolean, Symbol, BigInt, Promise, Map, Set, Date, RegExp, Error, Uint8Array]
  const prototypes = objects.map((each) => each.prototype as object)
  return [...objects, ...prototypes, globalThis, JSON, Reflect, Math].map((each) => Reflect.ownKeys(each).map(String))
}

/** Follows the memory of the process, as far as the thread gets to look. */
function watchGrowth(): { stop(): number } {
  const start = process.memoryUsage.rss()
  let peak = start
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 10)
  return {
    stop() {
      clearInterval(timer)
      look()
      return Math.round((peak - start) / 1024 / 1024)
    },
  }
}
