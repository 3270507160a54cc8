// Sends events to an engine, chosen at random, and books what comes of them.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine, Outcome } from '../../engine/index.ts'
import type { Choices } from './choices.ts'
import { ATTACKS, type Attack } from './hostile-scripts.ts'
import type { Accepted } from './judge.ts'
import type { Ledger } from './ledger.ts'
import { CHAIN_STEPS, type Expectation, NORMAL_SCRIPTS, type NormalKind } from './normal-scripts.ts'

type ScriptInfo = ReturnType<Engine['scripts']>[number]

const TENANTS = [undefined, undefined, 'acme', 'zoo']
const EVERYONE = 'all'
/** Snippets for `evaluate`: each is loaded once. */
const SNIPPETS = 8
const LONGEST_BEFORE_CANCEL_MS = 60

/** What an event is sent with beside its payload. */
interface Terms {
  readonly tenant?: string | undefined
  readonly cancelAfterMs?: number | undefined
}

/** See the head of the file. */
export class Emitter {
  readonly #engine: Engine
  readonly #ledger: Ledger

  constructor(engine: Engine, ledger: Ledger) {
    this.#engine = engine
    this.#ledger = ledger
  }

  /** One event to normal scripts. Resolves with its outcome booked. */
  async sendNormal(choices: Choices): Promise<void> {
    const way = choices.between(1, 100)
    if (way <= 2) return await this.#toEveryone(choices)
    if (way <= 5) return await this.#chain(choices)
    if (way <= 8) return await this.#evaluate(choices)
    const script = choices.weighted(NORMAL_SCRIPTS)
    const kind = choices.weighted(script.kinds)
    const payload = kind.payload(choices)
    const terms = { tenant: choices.pick(TENANTS), ...chooseCancel(choices) }
    await this.#toOne(script.id, kind, payload, terms)
  }

  /** One event to a hostile script. */
  async sendHostile(choices: Choices): Promise<void> {
    const attack = choices.weighted(ATTACKS)
    await this.#attack(attack, { tenant: choices.pick(TENANTS), ...chooseCancel(choices) })
  }

  async #toOne(id: string, kind: NormalKind, payload: unknown, terms: Terms): Promise<void> {
    const info = this.#engine.scripts().find((script) => script.id === id)
    const expected = info === undefined ? undefined : expectationOf(info, kind.expect(payload as never))
    const { callsHost, name } = kind
    await this.#emit(`${id}.${name}`, payload, terms, expected === undefined ? [] : [{ info: info as ScriptInfo, expected, callsHost }])
  }

  async #toEveryone(choices: Choices): Promise<void> {
    const payload = choices.between(0, 1_000)
    const expected = this.#normalScripts().flatMap((info) => {
      const expectation = expectationOf(info, { status: 'ok', value: [payload] })
      return expectation === undefined ? [] : [{ info, expected: expectation, callsHost: false }]
    })
    await this.#emit(EVERYONE, payload, chooseCancel(choices), expected)
  }

  async #attack({ name, statuses }: Attack, terms: Terms): Promise<void> {
    const id = `hostile/${name}`
    const info = this.#engine.scripts().find((script) => script.id === id)
    const isThere = info !== undefined && info.status !== 'failed'
    await this.#emit(id, 1, terms, isThere ? [{ info, expected: { statuses }, callsHost: true }] : [])
  }

  async #emit(
    event: string,
    payload: unknown,
    { tenant, cancelAfterMs }: Terms,
    targets: readonly { readonly info: ScriptInfo; readonly expected: Accepted['expected']; readonly callsHost: boolean }[],
  ): Promise<void> {
    const controller = cancelAfterMs === undefined ? undefined : new AbortController()
    const signal = controller?.signal
    const accepted = targets.map(({ info, expected, callsHost }) => this.#accept(info, { event, expected, callsHost, tenant, signal }))
    const emitted = this.#engine.emit(event, payload, { tenant, signal })
    if (controller !== undefined) void sleep(cancelAfterMs).then(() => controller.abort(new Error('the soak cancels it')))
    const { outcomes } = await emitted
    this.#claimAll(event, accepted, outcomes)
  }

  async #chain(choices: Choices): Promise<void> {
    const value = choices.between(0, 1_000)
    const ids = Object.keys(CHAIN_STEPS)
    const infos = this.#engine.scripts().filter(({ id, status }) => ids.includes(id) && status === 'ready')
    const expected: Expectation = { status: 'ok' }
    const accepted = infos.map((info) =>
      this.#accept(info, { event: 'price', expected, callsHost: false, tenant: undefined, signal: undefined }),
    )
    const filtered = await this.#engine.filter('price', value)
    this.#claimAll('price', accepted, filtered.outcomes)
    const right = filtered.outcomes.reduce(
      (made, { script, status }) => (status === 'ok' ? (CHAIN_STEPS[script]?.(made) ?? made) : made),
      value,
    )
    if (filtered.value !== right) this.#ledger.fail(`the chain made ${String(filtered.value)} of ${value}; it should be ${right}`)
  }

  async #evaluate(choices: Choices): Promise<void> {
    const snippet = choices.between(1, SNIPPETS)
    const n = choices.between(0, 1_000)
    const tenant = choices.pick(TENANTS)
    const expected: Expectation = { status: 'ok', value: [n * snippet] }
    const accepted = this.#book({
      script: 'evaluate',
      event: 'evaluate',
      version: snippet,
      expected,
      callsHost: false,
      tenant,
      signal: undefined,
    })
    const outcome = await this.#engine.evaluate(`export default (n) => [${snippet}, n * ${snippet}]`, { event: n, tenant })
    this.#ledger.claim(accepted, outcome)
  }

  #claimAll(event: string, accepted: readonly Accepted[], outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const its = accepted.find(({ script }) => script === outcome.script)
      if (its === undefined) this.#ledger.fail(`${event} has an outcome of ${outcome.script}, which did not handle it: ${outcome.status}`)
      else this.#ledger.claim(its, outcome)
    }
    const missing = accepted.filter(({ script }) => !outcomes.some((outcome) => outcome.script === script))
    if (missing.length > 0) this.#ledger.fail(`${event} has no outcome of ${missing.map(({ script }) => script).join(', ')}`)
  }

  #accept({ id, name }: ScriptInfo, facts: Pick<Accepted, 'event' | 'expected' | 'callsHost' | 'tenant' | 'signal'>): Accepted {
    return this.#book({ script: id, version: Number(name.split(' ')[1]), ...facts })
  }

  #book(facts: Omit<Accepted, 'acceptedAt'>): Accepted {
    const accepted: Accepted = { ...facts, acceptedAt: performance.now() }
    this.#ledger.accept(accepted)
    return accepted
  }

  #normalScripts(): readonly ScriptInfo[] {
    return this.#engine.scripts().filter(({ handlers }) => handlers.some(({ event }) => event === EVERYONE))
  }
}

/** What a script must answer, as it is in force: undefined where it handles nothing, because it could never be loaded. */
function expectationOf({ status, isolation }: ScriptInfo, expected: Expectation): Accepted['expected'] | undefined {
  if (status === 'failed') return undefined
  if (status === 'denied') return { status: 'denied' }
  const isFresh = isolation === 'event' && 'counts' in expected && expected.counts === 'state'
  return isFresh ? { status: 'ok', value: [1] } : expected
}

function chooseCancel(choices: Choices): Terms {
  const isCancelled = choices.isTrue(0.06)
  const afterMs = choices.between(0, LONGEST_BEFORE_CANCEL_MS)
  return isCancelled ? { cancelAfterMs: afterMs } : {}
}
