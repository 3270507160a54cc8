// Which addresses a script may reach: public ones, and those that policy names one by one. Addresses are compared as bytes, never as texts.
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Range = readonly [Address, number]

/** Not public, although no registry of ranges says so. */
const ALSO_NOT_PUBLIC: readonly (readonly [string, string])[] = [
  // The platform's own services, in a public range, reachable from every machine of that cloud.
  ['168.63.129.16/32', 'metadata'],
  // They carry an IPv4 address inside, which would be reached in their stead.
  ['::/96', 'ipv4Compatible'],
]

/** Public IPv6 addresses are all in here; what is assigned elsewhere later is nothing that a script must reach. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]
/** Interface identifiers of ISATAP: an IPv4 address is in the last four bytes. */
const ISATAP = 0x5efe

const EXTRA: readonly { readonly range: Range; readonly kind: string }[] = ALSO_NOT_PUBLIC.map(([cidr, kind]) => ({
  range: ipaddr.parseCIDR(cidr) as Range,
  kind,
}))

/** Kinds that nobody can be granted: they lead to no host, to many, or to this machine by another name. */
const NEVER_GRANTED = new Set(['unspecified', 'broadcast', 'multicast'])

/** An address that policy lets a script reach although it is not public. */
export interface AddressException {
  /** In one spelling: see {@link normalAddress}. */
  readonly address: string
  /** On every port that a pattern of hosts covers, where undefined. */
  readonly port: number | undefined
}

/** What is said of an address: undefined where it is public, otherwise the kind of its range. Text that is no address is `invalid`. */
export function rangeOf(text: string): string | undefined {
  const address = parse(text)
  if (address === undefined) return 'invalid'
  if (address.kind() === 'ipv6' && (address as ipaddr.IPv6).zoneId) return 'linkLocal'
  const range = address.range()
  if (range !== 'unicast') return range
  const extra = EXTRA.find((each) => isWithin(address, each.range))
  if (extra !== undefined) return extra.kind
  if (address instanceof ipaddr.IPv4) return undefined
  if (!address.match(GLOBAL_UNICAST)) return 'reserved'
  return address.parts[5] === ISATAP && ((address.parts[4] ?? 0) & 0xfdff) === 0 ? 'isatap' : undefined
}

/** The one spelling of an address; undefined where the text is none. A mapped IPv4 address is not that IPv4 address. */
export function normalAddress(text: string): string | undefined {
  const address = parse(text)
  return address === undefined || (address instanceof ipaddr.IPv6 && address.zoneId) ? undefined : address.toNormalizedString()
}

/** Whether an address may be connected to. */
export function isReachable(address: string, port: number, exceptions: readonly AddressException[]): boolean {
  if (rangeOf(address) === undefined) return true
  const normal = normalAddress(address)
  return normal !== undefined && exceptions.some((each) => each.address === normal && (each.port ?? port) === port)
}

/** Reads an exception: `10.0.0.5`, `10.0.0.5:8080`, `fd00::5`, `[fd00::5]:8080`; or says what is wrong with it. */
export function readException(text: string): AddressException | { readonly flaw: string } {
  const parts = /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<v4>\d+\.\d+\.\d+\.\d+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups
  const address = normalAddress(parts?.['v6'] ?? parts?.['v4'] ?? text)
  const port = parts?.['port'] === undefined ? undefined : Number(parts['port'])
  if (address === undefined || (port !== undefined && (port < 1 || port > 65_535)))
    return { flaw: 'must be one address, with or without a port: 10.0.0.5, 10.0.0.5:8080 or [fd00::5]:8080; ranges cannot be granted' }
  const range = rangeOf(address)
  if (range !== undefined && NEVER_GRANTED.has(range)) return { flaw: `is ${range}: such an address cannot be granted` }
  return { address, port }
}

/** The one spelling of an exception. */
export function writeException({ address, port }: AddressException): string {
  const shown = address.includes(':') ? `[${address}]` : address
  return port === undefined ? shown : `${shown}:${port}`
}

/** Four-part decimal or IPv6, as resolvers give them: the loose spellings of IPv4 are no addresses here. */
function parse(text: string): Address | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  return bare.includes(':') && ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : undefined
}

function isWithin(address: Address, [base, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && address.match(base, bits)
  return base instanceof ipaddr.IPv6 && address.match(base, bits)
}
