// A URL as a request goes there: read by the one parser that everything else reads it with, then only its parts are used.
import { HostFunctionError } from '../host-function-error.ts'
import { clip } from '../schema.ts'
import { type Destination, defaultPort, isAddress, withoutDot } from './host-pattern.ts'

const URL_CHARACTERS = 8 * 1024
const SHOWN_CHARACTERS = 200

/** Where one hop of a request goes. */
export interface Target extends Destination {
  /** Scheme, host and port, as pools of connections and scripts see it. */
  readonly origin: string
  /** Path and query, as they are sent. */
  readonly path: string
  /** The whole URL, without its fragment. */
  readonly href: string
  /** Whether the host is an address, so that there is nothing to resolve. */
  readonly isLiteral: boolean
}

/** Reads a URL, or where one redirects to: a server wrote that, and nobody is shown it. Throws `HTTP_URL_INVALID`. */
export function readTarget(text: string, base?: string): Target {
  const said = base === undefined ? '' : 'it redirects to another URL, and '
  const refuse = (why: string) => HostFunctionError.of('HTTP_URL_INVALID', clip(base ?? text, SHOWN_CHARACTERS), `${said}${why}`)
  if (text.length > URL_CHARACTERS) throw refuse(`it is longer than ${URL_CHARACTERS} characters`)
  if (/\{\{\s*secret:/.test(text)) throw refuse('secrets can stand in values of headers only')
  if (!URL.canParse(text, base)) throw refuse(base === undefined ? 'it is no absolute URL' : 'that is none')
  const url = new URL(text, base)
  const scheme = url.protocol === 'https:' ? 'https' : url.protocol === 'http:' ? 'http' : undefined
  if (scheme === undefined) throw refuse('its scheme is neither http nor https')
  if (url.username !== '' || url.password !== '') throw refuse('a name or password in it is not sent; use the header "authorization"')
  url.hash = ''
  if (url.href.length > URL_CHARACTERS) throw refuse(`it is longer than ${URL_CHARACTERS} characters`)
  const host = withoutDot(url.hostname)
  if (host === '' || host.endsWith('.')) throw refuse('its host is no name')
  const port = url.port === '' ? defaultPort(scheme) : Number(url.port)
  if (port === 0) throw refuse('there is no port 0')
  return { scheme, host, port, origin: url.origin, path: `${url.pathname}${url.search}`, href: url.href, isLiteral: isAddress(host) }
}
