// What a grant says of hosts: `[METHODS] [scheme://]host[:port]`, such as `hooks.example.com`, `GET,POST https://*.example.com:8443`, `http://127.0.0.1:8080`.
import { METHODS as HTTP_METHODS } from 'node:http'
import { isIP } from 'node:net'
import { didYouMean } from '../../engine/errors/did-you-mean.ts'

/** Methods that a pattern stands for where it names none. */
export const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** Every method that can be sent at all. */
const KNOWN_METHODS: readonly string[] = HTTP_METHODS

/** They make a tunnel of a connection, or send back what was sent: nobody gets them. */
const NEVER = new Set(['CONNECT', 'TRACE', 'TRACK'])

const PATTERN =
  /^(?:(?<methods>[A-Za-z-]+(?:,[A-Za-z-]+)*) +)?(?:(?<scheme>https?):\/\/)?(?<host>\[[0-9A-Fa-f:.]+\]|[^\s/:?#@[\]\\%]+)(?::(?<port>\d{1,5}|\*))?$/

/** Which of both kinds of URL. */
export type Scheme = 'http' | 'https'

/** A pattern as it was written: what it leaves open is undefined. */
export interface LoosePattern {
  readonly methods: readonly string[] | undefined
  readonly scheme: Scheme | undefined
  /** A name in lower case and Punycode, an address (IPv6 in brackets), `*`, or `*.` before a name. */
  readonly host: string
  readonly port: number | '*' | undefined
}

/** A pattern with everything said. */
export interface HostPattern {
  readonly methods: readonly string[]
  readonly scheme: Scheme
  readonly host: string
  readonly port: number | '*'
}

/** Where a request goes, as patterns see it. */
export interface Destination {
  readonly scheme: Scheme
  /** In lower case and Punycode, without a dot at the end; IPv6 in brackets. */
  readonly host: string
  readonly port: number
}

/** What a pattern does not say is what it stands for most safely: https, the scheme's own port, the usual methods. */
export function completePattern({ methods = METHODS, scheme = 'https', host, port }: LoosePattern): HostPattern {
  return { methods, scheme, host, port: port ?? defaultPort(scheme) }
}

/** Reads a pattern; or says what is wrong with it, in words that follow "the pattern". */
export function readPattern(text: string): LoosePattern | { readonly flaw: string } {
  const parts = PATTERN.exec(text.trim())?.groups
  if (parts === undefined)
    return {
      flaw: 'must look like hooks.example.com, *.example.com, GET,POST api.example.com:8443 or http://10.0.0.5:8080, without a path',
    }
  const methods = parts['methods']?.split(',').map((method) => method.toUpperCase())
  const never = methods?.find((method) => NEVER.has(method))
  if (never !== undefined) return { flaw: `names the method ${never}, which cannot be granted` }
  const unknown = methods?.find((method) => !KNOWN_METHODS.includes(method))
  if (unknown !== undefined) return { flaw: `names the method ${unknown}, which HTTP does not have.${didYouMean(unknown, METHODS)}` }
  const host = readHost(parts['host'] ?? '')
  if (host === undefined) return { flaw: `names "${parts['host']}", which is no host` }
  const port = parts['port'] === undefined || parts['port'] === '*' ? parts['port'] : Number(parts['port'])
  if (typeof port === 'number' && (port < 1 || port > 65_535)) return { flaw: `names the port ${port}; ports go from 1 to 65535` }
  return { methods, scheme: parts['scheme'] as Scheme | undefined, host, port: port as LoosePattern['port'] }
}

/** The one spelling of a pattern. */
export function writePattern({ methods, scheme, host, port }: HostPattern): string {
  const said = methods.length === METHODS.length && METHODS.every((method) => methods.includes(method)) ? '' : `${methods.join(',')} `
  return `${said}${scheme}://${host}:${port}`
}

/** Whether a pattern lets a request go where it wants to go. */
export function covers(pattern: HostPattern, { scheme, host, port }: Destination, method: string): boolean {
  if (pattern.scheme !== scheme || !pattern.methods.includes(method)) return false
  return (pattern.port === '*' || pattern.port === port) && coversHost(pattern.host, host)
}

/** What two patterns have in common; undefined where that is nothing. What `need` leaves open is whatever `allow` says. */
export function intersect(need: LoosePattern, allow: HostPattern): HostPattern | undefined {
  if (need.scheme !== undefined && need.scheme !== allow.scheme) return undefined
  const host = coversHost(allow.host, need.host) ? need.host : coversHost(need.host, allow.host) ? allow.host : undefined
  const port = narrowPort(need.port, allow.port)
  const { methods: wanted } = need
  const methods = wanted === undefined ? allow.methods : allow.methods.filter((method) => wanted.includes(method))
  return host === undefined || port === undefined || methods.length === 0 ? undefined : { methods, scheme: allow.scheme, host, port }
}

/** Whether a host is written as an address rather than a name. */
export function isAddress(host: string): boolean {
  return isIP(host.startsWith('[') ? host.slice(1, -1) : host) !== 0
}

/** A name without the dot at its end, which leads to the same host. */
export function withoutDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host
}

/** The port of URLs that name none. */
export function defaultPort(scheme: Scheme): number {
  return scheme === 'https' ? 443 : 80
}

/** Wildcards stand for names with a dot: addresses, and names such as `localhost`, are granted only as they are. */
function coversHost(pattern: string, host: string): boolean {
  if (pattern === host) return true
  if (isAddress(host)) return false
  if (pattern === '*') return host.includes('.')
  return pattern.startsWith('*.') && host !== '*' && host.endsWith(pattern.slice(1))
}

function narrowPort(need: LoosePattern['port'], allow: HostPattern['port']): HostPattern['port'] | undefined {
  if (need === undefined || need === '*') return allow
  return allow === '*' || allow === need ? need : undefined
}

function readHost(text: string): string | undefined {
  if (text === '*') return text
  const isWild = text.startsWith('*.')
  const name = isWild ? text.slice(2) : text
  if (name.includes('*')) return undefined
  let host: string
  try {
    host = withoutDot(new URL(`https://${name}`).hostname)
  } catch {
    return undefined
  }
  if (host === '' || (isWild && isAddress(host))) return undefined
  return isWild ? `*.${host}` : host
}
