// What an attack is: a hostile script, how it is set off, and exactly what must come of it. One file, one attack.
import type { CreateEngineOptions, Engine } from '../../engine/index.ts'
import type { Outcome, OutcomeStatus } from '../../engine/model/outcome.ts'
import type { ByCombination, Combination } from '../harness/combinations.ts'
import type { AttackDisk } from './attack-disk.ts'
import type { AttackNetwork } from './attack-network.ts'

/** The classes of docs/threats.md. A file's name begins with its class. */
export const THREATS = [
  'escape-constructor',
  'escape-global',
  'escape-error',
  'escape-proxy',
  'escape-promise',
  'escape-symbol',
  'escape-builtins',
  'escape-module',
  'pollution',
  'info-leak',
  'cross-script',
  'cpu-sync',
  'cpu-async',
  'cpu-native',
  'regexp',
  'recursion',
  'memory',
  'output',
  'log',
  'result-kind',
  'throw',
  'rejection',
  'host-call',
  'timer',
  'gc',
  'load',
  'transpile',
  'evaluate',
  'hook',
  'engine-limit',
  'runner',
  'files',
  'ssrf',
  'http',
  'secrets',
  'events',
  'schedule',
] as const

export type Threat = (typeof THREATS)[number]

/** What one outcome must be. */
export interface Expectation {
  readonly status: OutcomeStatus
  /** Comes in place of `status` when a look from outside comes first: memory of a process is looked at now and then. */
  readonly orStatus?: OutcomeStatus
  /** `error.code`. */
  readonly code?: string
  /** The exact value; leave it out to expect none. */
  readonly value?: unknown
  /** Whatever else must be true of the outcome; throws when it is not. */
  readonly check?: (outcome: Outcome) => void
}

/** One expectation, or one for each event. */
export type Expectations = Expectation | readonly Expectation[]

/** How a load must fail. */
export interface FailedLoad {
  readonly code: string
  readonly message?: RegExp
}

/** Another end, and why. */
export interface Otherwise {
  readonly reason: string
  readonly expect?: Expectations
  readonly load?: FailedLoad
}

/** What an attack can act through when one event is not enough. */
export interface Battlefield {
  readonly combination: Combination
  readonly engine: Engine
  /** Opens another engine, whose scripts run as the attacker's do. Whoever opens it closes it. */
  open(options: CreateEngineOptions): Promise<Engine>
  /** One event to the attacker. */
  fire(payload?: unknown, options?: { readonly tenant?: string; readonly signal?: AbortSignal }): Promise<Outcome>
  /** Where the roots of `ctx.files` are on the disk. */
  readonly disk: AttackDisk
  /** What `ctx.http` reaches. */
  readonly network: AttackNetwork
  /** Replaces or adds a file, and loads it. */
  write(path: string, text: string): Promise<void>
}

/** One attack. */
export interface Attack {
  readonly title: string
  readonly threat: Threat
  /** The script; or its files by path, of which the attacker is `<name of this file>.ts` and stands under the key `main`. */
  readonly source: string | { readonly main: string; readonly [path: string]: string }
  readonly payload?: unknown
  /** The payloads of its events, one after the other, in the stead of the same one each time. */
  readonly payloads?: readonly unknown[]
  /** Settings of the attacker's script in the policy. */
  readonly policy?: {
    readonly limits?: { readonly [limit: string]: string | number }
    readonly allow?: object
    readonly isolation?: 'event' | 'script'
  }
  /** One outcome for each event; as many events are sent as there are expectations. */
  readonly expect: Expectations
  /** What comes of it elsewhere, each with the reason why that is something else. */
  readonly otherwise?: ByCombination<Otherwise>
  /** The load must fail: code and, where it matters, words of the message. No event is sent then; `expect` is what an event comes to all the same. */
  readonly load?: FailedLoad
  /** Puts what a hostile or careless person left there below the roots of `ctx.files`. */
  readonly plant?: (disk: AttackDisk) => void
  /** Must be true of the disk afterwards; throws when it is not. */
  readonly checkDisk?: (disk: AttackDisk) => void
  /** Acts in the stead of plain events. */
  readonly act?: (field: Battlefield) => Promise<readonly Outcome[]>
  /** The attacker's own `normal` event need not work afterwards, for this reason. */
  readonly noReturn?: string
  /** Must not run with others: it kills runners, or is about the memory of the process. */
  readonly isAlone?: true
  /** What the process may grow by at most, in MiB. */
  readonly growthMiB?: number
  /** Each event is sent to a runner that is ready, and the time is taken from the limit to the outcome. */
  readonly isMeasured?: true
  /** Where it cannot be tried, each with the reason. */
  readonly skip?: ByCombination<string>
}

/** Marks text as TypeScript of a script; backslashes stay as they are. */
export const ts = String.raw

/** A script whose handler of `attack` is the given expression. Its `normal` event shows that it still works. */
export function script(attack: string, { top = '', needs = '{}' }: { readonly top?: string; readonly needs?: string } = {}): string {
  return `${top}\nexport default { needs: ${needs}, on: { attack: ${attack}, normal: (event: any) => event.n + 1 } }\n`
}

/** Guest code: `escaped(fn)` says what of the host a function made by the constructor of `fn` can see; an empty text is none. */
export const PROBE = ts`
  const NAMES = ['process', 'require', 'module', 'exports', 'Buffer', 'global', 'fetch', 'setImmediate', 'WebAssembly', 'SharedArrayBuffer', 'Atomics',
    'postMessage', 'importScripts', 'self', 'window', 'std', 'os', 'bjson', 'print', 'scriptArgs', 'host', 'kit', '__filename', '__dirname', 'InternalError']
  const seenBy = (make: any): string => {
    let found = ''
    for (const name of NAMES) {
      try {
        const kind = make('return typeof ' + name)()
        if (typeof kind === 'string' && kind !== 'undefined') found += name + ' '
      } catch (error) {
        if (!(error instanceof Error)) found += 'foreign error '
      }
    }
    return found
  }
  const escaped = (value: any): string => {
    let found = ''
    try {
      const C = value.constructor.constructor
      if (typeof C !== 'function') return ''
      found += seenBy((text: string) => C(text))
      const self = C('return this')()
      if (typeof self.next !== 'function' && typeof self.then !== 'function' && self !== globalThis) found += 'foreign global '
      if (!(C('return 1') instanceof Function)) found += 'foreign realm '
    } catch (error) {
      if (!(error instanceof Error)) found += 'foreign error '
    }
    return found
  }
`
