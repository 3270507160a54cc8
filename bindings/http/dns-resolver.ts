// Finds addresses by asking name servers itself. The system's own resolver occupies a thread of the process until it has an answer, and cannot be stopped;
// this one occupies none. It knows what DNS knows: no hosts file, no search domains, no other sources of the system.
import { Resolver as Client } from 'node:dns/promises'
import { NetworkFlaw } from './flaws.ts'
import type { Resolver } from './resolve.ts'

/** One that is lost on the way is asked for once more. */
const TRY_MS = 1_000
const TRIES = 2
const ANSWER_MS = 2_500

/** What says that there is no such address, rather than that nobody knows. */
const NO_ADDRESS = new Set<unknown>(['ENOTFOUND', 'ENODATA'])

/** Asks these name servers (`address:port`); those of the system where none are given. Rejects after 2.5 s at the latest, and when the signal is aborted. */
export function dnsResolver(servers?: readonly string[]): Resolver {
  return async (host, signal) => {
    signal.throwIfAborted()
    const client = new Client({ timeout: TRY_MS, tries: TRIES })
    if (servers !== undefined) client.setServers(servers)
    const cancel = (): void => client.cancel()
    const timer = setTimeout(cancel, ANSWER_MS)
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return readAnswers(host, await Promise.allSettled([client.resolve4(host), client.resolve6(host)]))
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
    }
  }
}

/** One kind of address is enough: some servers never answer for the other. */
function readAnswers(host: string, answers: readonly PromiseSettledResult<string[]>[]): readonly string[] {
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (found.length > 0) return found
  const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as NodeJS.ErrnoException] : []))
  const code = reasons.every((reason) => NO_ADDRESS.has(reason.code)) ? 'ENOTFOUND' : 'EAI_AGAIN'
  throw new NetworkFlaw(`"${host}" was not resolved: ${reasons.map((reason) => reason.code).join(', ')}`, code)
}
