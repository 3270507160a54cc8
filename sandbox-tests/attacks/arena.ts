// An engine of one combination with a neighbour in it, into which attackers come one after the other; then it looks at the outcome, at what came out, at the host
// and at the neighbour.
import { isDeepStrictEqual } from 'node:util'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { createEngine, type Engine, type MemoryStore, memoryStore } from '../../engine/index.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import { type Combination, inCombination } from '../harness/combinations.ts'
import type { Attack, Battlefield } from './attack.ts'
import { AttackDisk } from './attack-disk.ts'
import { AttackNetwork } from './attack-network.ts'
import { measured } from './kill-latency.ts'
import { expectations, expectLoad, expectNoSecrets, expectOutcome, failedLoad, hostSurface, NEIGHBOUR_CANARY } from './verdict.ts'

const NEIGHBOUR = `
const secret = '${NEIGHBOUR_CANARY}'
globalThis.neighbourSecret = secret
export default { needs: { kv: true }, on: { neighbour: async (event, ctx) => {
  await ctx.kv.set('secret', secret)
  return [event.n * 2, (await ctx.kv.get('secret')) === secret, [1, 2, 3].map((n) => n + 1).join(), JSON.stringify({ ok: {} })]
} } }`
const NEIGHBOUR_RESULT = [42, true, '2,3,4', '{"ok":{}}']
/** Cuts are far below; a machine that is busy may take a while. */
const LONGEST_MS = 120_000
const MOST_TRIES = 5

/** An attack, and the name of its file. */
export interface NamedAttack {
  readonly name: string
  readonly attack: Attack
}

/** See the head of the file. */
export class Arena {
  readonly #combination: Combination
  readonly #policy: object
  readonly #store: MemoryStore = memoryStore({ 'neighbour.ts': NEIGHBOUR })
  readonly #disk = new AttackDisk()
  readonly #network = new AttackNetwork()
  #opening: Promise<Engine> | undefined

  constructor(combination: Combination, attacks: readonly NamedAttack[]) {
    this.#combination = combination
    // Attackers are given seconds of computing, and the neighbour waits for the one runner: on a busy machine that takes its time.
    const wall = '60s'
    const settings = attacks.map(({ name, attack: { policy } }) => [name, { ...policy, limits: { wall, ...policy?.limits } }] as const)
    const scripts = { ...Object.fromEntries(settings), neighbour: { limits: { wall, cpu: '5s' } } }
    this.#policy = { version: 1, defaults: { allow: { log: true, kv: true }, limits: { wall } }, scripts }
  }

  async close(): Promise<void> {
    await (await this.#opening)?.close()
    this.#disk[Symbol.dispose]()
    await this.#network[Symbol.asyncDispose]()
  }

  /** One attack, start to end. */
  async fight(named: NamedAttack): Promise<void> {
    const { name, attack } = named
    const engine = await this.#engine()
    const before = hostSurface()
    await expectNeighbour(engine, 'before')
    const files = typeof attack.source === 'string' ? { main: attack.source } : attack.source
    for (const [path, text] of Object.entries(files)) this.#store.write(path === 'main' ? `${name}.ts` : path, text)
    this.#disk.clear()
    this.#network.clear()
    attack.plant?.(this.#disk)
    const growth = watchGrowth()
    try {
      await engine.reload()
      await withinTime(this.#strike(engine, named))
    } finally {
      const grownMiB = growth.stop()
      for (const path of Object.keys(files)) this.#store.remove(path === 'main' ? `${name}.ts` : path)
      await engine.reload()
      if (attack.growthMiB !== undefined) assert.ok(grownMiB <= attack.growthMiB, `the process grew by ${grownMiB} MiB`)
    }
    assert.ok(isDeepStrictEqual(hostSurface(), before), 'the host was changed')
    this.#disk.expectUntouched()
    this.#network.expectUntouched()
    attack.checkDisk?.(this.#disk)
  }

  async #strike(engine: Engine, named: NamedAttack): Promise<void> {
    const { name, attack } = named
    const load = failedLoad(attack, this.#combination)
    expectLoad(engine, name, load)
    const beside = this.#combination.placement === 'inline' ? undefined : expectNeighbour(engine, 'during')
    beside?.catch(() => undefined) // awaited below, whatever comes first
    const outcomes = await this.#outcomes(engine, named)
    await beside
    if (load === undefined || attack.act !== undefined) {
      const expected = expectations(attack, this.#combination)
      assert.is(outcomes.length, expected.length, 'the number of outcomes')
      for (const [index, expectation] of expected.entries()) expectOutcome(outcomes[index] as Outcome, expectation)
    }
    expectNoSecrets([outcomes, engine.scripts().filter(({ id }) => id !== 'neighbour')])
    await expectNeighbour(engine, 'after')
    if (attack.noReturn === undefined && load === undefined) await expectNormal(engine, name)
  }

  #engine(): Promise<Engine> {
    const { http, secrets } = this.#network
    const bindings = standardBindings({ kv: ':memory:', files: this.#disk.roots, http, secrets })
    const options = { scripts: this.#store, workers: 1, policy: this.#policy, bindings }
    this.#opening ??= createEngine(inCombination(this.#combination, options))
    return this.#opening
  }

  async #outcomes(engine: Engine, { name, attack }: NamedAttack): Promise<readonly Outcome[]> {
    const store = this.#store
    const combination = this.#combination
    const field: Battlefield = {
      combination,
      engine,
      disk: this.#disk,
      network: this.#network,
      open: (options) => createEngine(inCombination(combination, { workers: 1, policy: { version: 1 }, ...options })),
      fire: async (payload = attack.payload ?? { n: 1 }, options = {}) => only(await engine.emit('attack', payload, options), name),
      async write(path, text) {
        store.write(path, text)
        await engine.reload()
      },
    }
    if (attack.act !== undefined) return await attack.act(field)
    // A script that could not be loaded handles no event.
    if (failedLoad(attack, combination) !== undefined) return []
    const outcomes: Outcome[] = []
    for (const event of expectations(attack, combination).keys()) {
      if (attack.isMeasured) await expectNormal(engine, name) // its runner is ready
      const sentAt = performance.now()
      const outcome = await field.fire(attack.payloads?.[event])
      if (attack.isMeasured) measured({ combination: combination.name, attack: name, event }, attack, outcome, performance.now() - sentAt)
      outcomes.push(outcome)
    }
    return outcomes
  }
}

function only({ outcomes }: { readonly outcomes: readonly Outcome[] }, script: string): Outcome {
  const outcome = outcomes.find((each) => each.script === script)
  if (outcome === undefined) throw new TypeError(`"${script}" has no outcome`)
  return outcome
}

async function withinTime(fight: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it is not over after ${LONGEST_MS} ms`)), LONGEST_MS)
  })
  fight.catch(() => undefined)
  await Promise.race([fight, late]).finally(() => clearTimeout(timer))
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
  let outcome = only(await engine.emit('normal', { n: 41 }), name)
  // An attacker's limits are small: on a machine that is busy, a run may be cut before it has had its share.
  for (let tries = 1; tries < MOST_TRIES && outcome.status === 'cpu_exceeded'; tries++)
    outcome = only(await engine.emit('normal', { n: 41 }), name)
  assert.is(outcome.status, 'ok', `the attacker's own normal event: ${outcome.error?.message}`)
  assert.is(outcome.value, 42)
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
