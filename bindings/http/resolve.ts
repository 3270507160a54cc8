// From a name to addresses that were all checked. What is connected to is what is returned here, never the name.
import { lookup } from 'node:dns/promises'
import { HostFunctionError } from '../host-function-error.ts'
import { type Turn, Turns } from '../turns.ts'
import { isReachable, rangeOf } from './addresses.ts'
import { NetworkFlaw } from './flaws.ts'
import type { CompiledGrant } from './grant.ts'
import type { Target } from './target.ts'

/** Finds the addresses of a name, as text; may be asked for each hop anew. `signal` is aborted when nobody waits for the answer any more. */
export type Resolver = (host: string, signal: AbortSignal) => Promise<readonly string[]>

/** Lookups of the system occupy threads (four, by default) that the host's own work needs, so only so many run at once, and one for each script. */
const MOST_LOOKUPS = 2
/** Names that only a wildcard covers may be answered by a server of the script's author, as slowly as it likes: they have places of their own. */
const MOST_WILD_LOOKUPS = 16
/** One of these that takes longer is given up, and its place is for other scripts. */
const WILD_LOOKUP_MS = 3_000

/** The system's resolver. */
export const systemResolver: Resolver = async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)

/** Who asks, and until when. */
interface Asking {
  readonly who: string
  readonly signal: AbortSignal
}

/** Which resolver is asked. */
export interface Resolvers {
  /** For names that a pattern names. */
  readonly named: Resolver
  /** For names that only a wildcard covers. */
  readonly wild: Resolver
}

/** Resolves names for requests. */
export class AddressBook {
  readonly #resolvers: Resolvers
  readonly #named = new Turns(MOST_LOOKUPS)
  readonly #wild = new Turns(MOST_WILD_LOOKUPS)
  /** One for each script, for as long as a lookup really takes: whose lookups hang gets no other script's place for the next one. */
  readonly #wildOfOne = new Turns(Number.POSITIVE_INFINITY)

  constructor(resolvers: Resolvers) {
    this.#resolvers = resolvers
  }

  /**
   * The addresses of a target, each one checked: where a single one must not be reached, none is. `who` shares its turn with nobody.
   * Throws `HTTP_ADDRESS_DENIED`, what the resolver throws, and the signal's reason.
   */
  async find(target: Target, { exceptions, literals, patterns }: CompiledGrant, { who, signal }: Asking): Promise<readonly string[]> {
    const found = target.isLiteral ? [target.host.replace(/^\[|\]$/g, '')] : await this.#resolve(target.host, patterns, { who, signal })
    const allowed = target.isLiteral ? [...exceptions, ...literals] : exceptions
    const denied = found.filter((address) => !isReachable(address, target.port, allowed))
    if (denied.length > 0 || found.length === 0) throw denyAddress(target, denied)
    return found
  }

  async #resolve(host: string, patterns: CompiledGrant['patterns'], asking: Asking): Promise<readonly string[]> {
    const isNamed = patterns.some((pattern) => pattern.host === host)
    return isNamed ? await this.#resolveNamed(host, asking) : await this.#resolveWild(host, asking)
  }

  async #resolveNamed(host: string, asking: Asking): Promise<readonly string[]> {
    const { signal } = asking
    const leave = await this.#named.enter(lookupOf(asking))
    // A lookup of the system cannot be stopped: its turn lasts until it is over, also when nobody waits for it any more.
    const looking = ask(this.#resolvers.named, host, signal).finally(leave)
    return await untilAborted(looking, signal)
  }

  async #resolveWild(host: string, asking: Asking): Promise<readonly string[]> {
    const { signal } = asking
    const leaveOwn = await this.#wildOfOne.enter(lookupOf(asking))
    const leave = await this.#wild.enter(lookupOf(asking)).catch((error: unknown) => {
      leaveOwn()
      throw error
    })
    const late = AbortSignal.timeout(WILD_LOOKUP_MS)
    const ended = AbortSignal.any([signal, late])
    const looking = ask(this.#resolvers.wild, host, ended).finally(leaveOwn)
    try {
      return await untilAborted(looking, ended)
    } catch (error) {
      signal.throwIfAborted()
      throw late.aborted ? new NetworkFlaw(`"${host}" was not resolved within ${WILD_LOOKUP_MS} ms`, 'EAI_AGAIN') : error
    } finally {
      leave()
    }
  }
}

/** One lookup at a time for whoever asks. */
function lookupOf({ who, signal }: Asking): Turn {
  return { owner: who, key: who, max: 1, signal }
}

/** A resolver of the host's may throw where it should reject. */
async function ask(resolver: Resolver, host: string, signal: AbortSignal): Promise<readonly string[]> {
  return await resolver(host, signal)
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
