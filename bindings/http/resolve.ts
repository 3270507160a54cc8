// From a name to addresses that were all checked. What is connected to is what is returned here, never the name.
import { lookup } from 'node:dns/promises'
import { HostFunctionError } from '../host-function-error.ts'
import { isReachable, rangeOf } from './addresses.ts'
import { NetworkFlaw } from './flaws.ts'
import type { CompiledGrant } from './grant.ts'
import type { Target } from './target.ts'
import { Turns } from './turns.ts'

/** Finds the addresses of a name, as text; may be asked for each hop anew. */
export type Resolver = (host: string) => Promise<readonly string[]>

/** Lookups of the system occupy threads (four, by default) that the host's own work needs, so only so many run at once, and one for each script. */
const MOST_LOOKUPS = 2
/** Names that only a wildcard covers may be answered by a server of the script's author, as slowly as it likes: they wait for each other only. */
const MOST_WILD_LOOKUPS = 1

/** The system's resolver. */
export const systemResolver: Resolver = async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)

/** Who asks, and until when. */
interface Asking {
  readonly who: string
  readonly signal: AbortSignal
}

/** Resolves names for requests. */
export class AddressBook {
  readonly #resolver: Resolver
  readonly #named = new Turns(MOST_LOOKUPS)
  readonly #wild = new Turns(MOST_WILD_LOOKUPS)

  constructor(resolver: Resolver) {
    this.#resolver = resolver
  }

  /**
   * The addresses of a target, each one checked: where a single one must not be reached, none is. `who` shares its turn with nobody.
   * Throws `HTTP_ADDRESS_DENIED`, what the resolver throws, and the signal's reason.
   */
  async find(target: Target, { exceptions, literals, patterns }: CompiledGrant, { who, signal }: Asking): Promise<readonly string[]> {
    const turns = patterns.some(({ host }) => host === target.host) ? this.#named : this.#wild
    const found = target.isLiteral ? [target.host.replace(/^\[|\]$/g, '')] : await this.#resolve(target.host, turns, { who, signal })
    const allowed = target.isLiteral ? [...exceptions, ...literals] : exceptions
    const denied = found.filter((address) => !isReachable(address, target.port, allowed))
    if (denied.length > 0 || found.length === 0) throw denyAddress(target, denied)
    return found
  }

  /** A resolver of the host's may throw where it should reject. */
  async #ask(host: string): Promise<readonly string[]> {
    return await this.#resolver(host)
  }

  async #resolve(host: string, turns: Turns, { who, signal }: Asking): Promise<readonly string[]> {
    const leave = await turns.enter(who, 1, signal)
    // A lookup cannot be stopped: its turn lasts until it is over, also when nobody waits for it any more.
    const looking = this.#ask(host).finally(leave)
    return await untilAborted(looking, signal)
  }
}

/** The promise's result, or the signal's reason when that comes first. */
export function untilAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** The script learns that the address is not public; which it is, only the host's records say. */
function denyAddress({ host }: Target, denied: readonly string[]): HostFunctionError {
  const shown = denied.map((address) => `${address} (${rangeOf(address)})`).join(', ')
  const cause = new NetworkFlaw(shown === '' ? `"${host}" has no address` : `"${host}" leads to ${shown}`)
  return HostFunctionError.because(cause, 'HTTP_ADDRESS_DENIED', host)
}
