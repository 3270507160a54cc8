// What a script that is refused is told of its grant: the host that it may have meant, or what it may reach at all.
import { didYouMean } from '../../engine/errors/did-you-mean.ts'
import { type Destination, defaultPort, type HostPattern, METHODS } from './host-pattern.ts'

/** Patterns that are shown, and that are looked at: a policy may have thousands. */
const MOST_SHOWN = 5
const MOST_TRIED = 100

/** A sentence about the patterns of a grant, for a request that none of them covers. */
export function describeGranted(patterns: readonly HostPattern[], { host }: Pick<Destination, 'host'>): string {
  if (patterns.length === 0) return 'No host is granted.'
  const same = patterns.filter((pattern) => pattern.host === host)
  if (same.length > 0) return `Of this host, ${listed(same)}.`
  const near = patterns.slice(0, MOST_TRIED).map((pattern) => spelledLike(pattern.host, host))
  return didYouMean(host, near).trim() || `Of other hosts, ${listed(patterns)}.`
}

/** A wildcard with what it stands for in a host: of `*.example.com` and `api.exmple.com`, `api.example.com`. */
function spelledLike(pattern: string, host: string): string {
  if (!pattern.startsWith('*.')) return pattern
  const labels = host.split('.')
  const own = labels.slice(0, Math.max(1, labels.length - pattern.split('.').length + 1))
  return `${own.join('.')}${pattern.slice(1)}`
}

function listed(patterns: readonly HostPattern[]): string {
  const shown = patterns.slice(0, MOST_SHOWN).map(shortest)
  const rest = patterns.length - shown.length
  const all = rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`
  return `${all} ${patterns.length === 1 ? 'is' : 'are'} granted`
}

/** A pattern as people write it: without what it stands for anyhow. */
function shortest({ methods, scheme, host, port }: HostPattern): string {
  const said = methods.length === METHODS.length && METHODS.every((method) => methods.includes(method)) ? '' : `${methods.join(',')} `
  return `"${said}${scheme === 'https' ? '' : `${scheme}://`}${host}${port === defaultPort(scheme) ? '' : `:${port}`}"`
}
