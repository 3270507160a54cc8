// Where in a policy something is written, in the words that its author used.
import { withoutControls } from './describe-value.ts'

/** Keys and list positions from the top of a policy down to one value. */
export type PolicyPath = readonly (string | number)[]

/** As long as the longest glob: the paths of settings in force are never cut. */
const MAX_KEY = 256

/** Writes a path: `scripts."reports/**".limits.cpu`, `defaults.packages[2]`. The empty path is `the top level`. */
export function formatPath(path: PolicyPath): string {
  if (path.length === 0) return 'the top level'
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${formatKey(part)}`)).join('')
}

function formatKey(key: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key
  return `"${withoutControls(key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key)}"`
}

/** A key that tells every path from every other: unlike {@link formatPath}, nothing is cut or replaced. */
export function pathKey(path: PolicyPath): string {
  return JSON.stringify(path)
}
