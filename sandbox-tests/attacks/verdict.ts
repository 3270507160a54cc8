// Holds what came of an attack against what it says must come of it.
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import type { Engine } from '../../engine/index.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import { type Combination, ofCombination } from '../harness/combinations.ts'
import { ROOT } from '../harness/source-files.ts'
import type { Attack, Expectation, FailedLoad } from './attack.ts'

const ENV_CANARY = 'env-canary-5c1f0e'
/** What the neighbour keeps to itself. */
export const NEIGHBOUR_CANARY = 'neighbour-canary-93ab7d'
/** What lies on the disk outside of every root. */
export const DISK_CANARY = 'disk-canary-71c2e8'
/** What is in the values of all secrets of the host. */
export const SECRET_CANARY = 'secret-canary-b27e04'
process.env['VIVARIUM_CANARY'] = ENV_CANARY
/** What nothing that comes out of a sandbox may hold. */
const CANARIES = [ENV_CANARY, NEIGHBOUR_CANARY, DISK_CANARY, SECRET_CANARY]
const SECRETS = [...CANARIES, ROOT, process.execPath, homedir(), join(tmpdir(), 'vivarium-'), 'file://', 'node:internal', 'node_modules/']

/** What must come of each event of an attack on a combination. */
export function expectations(attack: Attack, combination: Combination): readonly Expectation[] {
  const expect = ofCombination(attack.otherwise, combination)?.expect ?? attack.expect
  return Array.isArray(expect) ? (expect as readonly Expectation[]) : [expect as Expectation]
}

/** How its load must fail; undefined where it must not. */
export function failedLoad(attack: Attack, combination: Combination): FailedLoad | undefined {
  return ofCombination(attack.otherwise, combination)?.load ?? attack.load
}

/** Fails unless the attacker is loaded, or failed to load, as it must. */
export function expectLoad(engine: Engine, name: string, load: FailedLoad | undefined): void {
  const info = engine.scripts().find(({ id }) => id === name)
  if (load === undefined) return assert.is(info?.status, 'ready', `it did not load: ${info?.error?.message}`)
  assert.ok(info?.status === 'failed' || info?.status === 'denied', 'it loaded')
  assert.is(info?.error?.code, load.code, info?.error?.message)
  if (load.message !== undefined) assert.match(info?.error?.message ?? '', load.message)
}

/** Fails unless an outcome is what it must be. */
export function expectOutcome(outcome: Outcome, { status, orStatus = status, code, value, check }: Expectation): void {
  const shown = `${outcome.status} ${outcome.error?.code ?? ''} ${outcome.error?.message.slice(0, 300) ?? ''} ${inspect(outcome.value).slice(0, 300)}`
  assert.ok(outcome.status === status || outcome.status === orStatus, `not ${status} but ${shown}`)
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

/** Fails where something names the machine, its environment or the neighbour's secret. */
export function expectNoSecrets(seen: unknown): void {
  const text = inspect(seen, { depth: 60, maxArrayLength: 1_000, maxStringLength: null, breakLength: Number.POSITIVE_INFINITY })
  for (const secret of SECRETS) assert.not.ok(text.includes(secret), `"${secret}" came out: ${around(text, secret)}`)
}

function around(text: string, secret: string): string {
  const at = text.indexOf(secret)
  return text.slice(Math.max(0, at - 100), at + 100)
}

/** What a pollution of the host would change: names of the globals' and prototypes' properties. */
export function hostSurface(): unknown {
  const objects = [Object, Array, Function, String, Number, Boolean, Symbol, BigInt, Promise, Map, Set, Date, RegExp, Error, Uint8Array]
  const prototypes = objects.map((each) => each.prototype as object)
  return [...objects, ...prototypes, globalThis, JSON, Reflect, Math].map((each) => Reflect.ownKeys(each).map(String))
}
