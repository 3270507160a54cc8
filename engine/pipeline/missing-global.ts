// A script, or a package in it, names something that is a global elsewhere and not in the sandbox: what it is, and what stands in its place.
import { homeOfGlobal } from './foreign-globals.ts'

const INSTEAD: Readonly<Record<string, string>> = {
  Buffer: 'Use Uint8Array, with TextEncoder and TextDecoder for text.',
  process: 'Configuration comes with the event, or through ctx.secrets.',
  fetch: 'Use ctx.http.fetch, with "http" among the needs.',
  setImmediate: 'Use queueMicrotask, or setTimeout.',
}
const OTHERS: Readonly<Record<string, string>> = {
  fetch: 'is a function of ctx.http here, because it has to be granted',
  Intl: 'is not in the sandbox: QuickJS does not have it',
  Temporal: 'is not in the sandbox: QuickJS does not have it',
  WebAssembly: 'is not in the sandbox: what it computes and allocates cannot be metered',
  SharedArrayBuffer: 'is not in the sandbox: scripts share no memory',
  Atomics: 'is not in the sandbox: scripts share no memory',
}
/** What the runtimes say of a name that nothing has. */
const MISSING = /^'?([A-Za-z_$][\w$]{0,63})'? is not defined$/
/** From the start only: a path may be long. */
const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/s

/** The hint for a fault, given the file of its innermost frame; undefined where it is not about a missing global of this kind. */
export function hintForMissingGlobal(message: string, file: string | undefined): string | undefined {
  const name = MISSING.exec(message)?.[1]
  const what = name === undefined ? undefined : describe(name)
  if (name === undefined || what === undefined) return undefined
  const wanting = file === undefined ? undefined : PACKAGE.exec(file)?.[1]
  const who =
    wanting === undefined ? '' : ` It is the package "${wanting}" that wants it: another package, or another version, may do without.`
  const instead = wanting === undefined && Object.hasOwn(INSTEAD, name) ? ` ${INSTEAD[name]}` : ''
  return `"${name}" ${what}.${instead}${who}`
}

function describe(name: string): string | undefined {
  const home = homeOfGlobal(name)
  if (home === 'node') return 'belongs to Node, which the sandbox does not have'
  if (home === 'browsers') return 'belongs to browsers, and the sandbox is none'
  return Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined
}
