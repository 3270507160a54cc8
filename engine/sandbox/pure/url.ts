// URLs for the sandbox: Node's WHATWG parser, with caps on the part whose cost grows faster than its length.
import type { PureFunction } from './pure-function.ts'

const MOST_CHARS = 131_072
/** Internationalised names cost the square of their length. A domain name has at most 253 characters; a user and a password may stand before it. */
const LONG_AUTHORITY = /^(?:(?:https?|wss?|ftp|file):[/\\]*|[/\\]{2,})[^/\\?#]{1025}/i
const MOST_NAME_CHARS = 1_024
const SETTERS = ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] as const
const IGNORED_BEFORE = /^[\0- ]+/
const IGNORED_WITHIN = /[\t\n\r]/g

/** `[url]` or `[url, base]` → the parts of the URL: href, origin, protocol, username, password, host, hostname, port, pathname, search, hash. */
export const url: PureFunction = ([text, base]) => {
  if (!isAllowed(text) || !(base === undefined || isAllowed(base))) return undefined
  const parsed = URL.parse(text, base)
  return parsed === null ? undefined : partsOf(parsed)
}

/** `[href, name, value]` → the parts of the URL once its setter `name` was given `value`. */
export const urlWith: PureFunction = ([href, name, value]) => {
  if (!isAllowed(href) || typeof name !== 'string' || typeof value !== 'string' || value.length > MOST_CHARS) return undefined
  if (!isSetter(name) || (name.startsWith('host') && value.length > MOST_NAME_CHARS)) return undefined
  const parsed = URL.parse(href)
  if (parsed === null) return undefined
  parsed[name] = value
  return partsOf(parsed)
}

/** `[escapes]` → the text of a run of percent-escapes, with U+FFFD for what is not UTF-8. */
export const unescapeRun: PureFunction = ([run]) => {
  if (typeof run !== 'string' || !/^(?:%[0-9A-Fa-f]{2})*$/.test(run)) return undefined
  return Buffer.from(run.replaceAll('%', ''), 'hex').toString()
}

function isSetter(name: string): name is (typeof SETTERS)[number] {
  return (SETTERS as readonly string[]).includes(name)
}

function isAllowed(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > MOST_CHARS) return false
  return text.length <= MOST_NAME_CHARS || !LONG_AUTHORITY.test(text.replace(IGNORED_BEFORE, '').replace(IGNORED_WITHIN, ''))
}

function partsOf({ href, origin, protocol, username, password, host, hostname, port, pathname, search, hash }: URL): readonly string[] {
  return [href, origin, protocol, username, password, host, hostname, port, pathname, search, hash]
}
