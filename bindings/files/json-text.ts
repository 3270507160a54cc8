// JSON between files and scripts: bounded on the way in and on the way out.
import { HostFunctionError } from '../host-function-error.ts'

const MARGIN = 2

/**
 * The JSON text of a value, with a line for each property and a last line break. Throws `FILE_CONTENT_INVALID` for what JSON cannot hold, `FILE_TOO_LARGE`
 * long before an object that is referred to again and again fills the memory of the host.
 */
export function writeJsonText(path: string, value: unknown, most: number): string {
  let room = most
  const replace = function (this: unknown, key: string, written: unknown): unknown {
    const flaw = flawOf((this as Record<string, unknown>)[key])
    if (flaw !== undefined) throw HostFunctionError.of('FILE_CONTENT_INVALID', path, `cannot be written as JSON: ${flaw}`)
    room -= key.length + MARGIN + (typeof written === 'string' ? written.length : 0)
    if (room < 0) throw HostFunctionError.of('FILE_TOO_LARGE', path, most - room, most)
    return written
  }
  const text = stringify(path, value, replace)
  if (text === undefined) throw HostFunctionError.of('FILE_CONTENT_INVALID', path, 'cannot be written as JSON: it is undefined')
  return `${text}\n`
}

/** How deep brackets nest in a JSON text, without parsing it. */
export function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isText = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (isText && character === '\\') index++
    else if (character === '"') isText = !isText
    else if (!isText && (character === '[' || character === '{')) deepest = Math.max(deepest, ++depth)
    else if (!isText && (character === ']' || character === '}')) depth--
  }
  return deepest
}

function stringify(path: string, value: unknown, replace: (this: unknown, key: string, written: unknown) => unknown): string | undefined {
  try {
    return JSON.stringify(value, replace, 2)
  } catch (error) {
    if (error instanceof TypeError)
      throw HostFunctionError.of('FILE_CONTENT_INVALID', path, 'cannot be written as JSON: it refers to itself')
    throw error
  }
}

function flawOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return 'it holds a BigInt'
  if (typeof value === 'number' && !Number.isFinite(value)) return `it holds ${value}`
  if (value instanceof Map || value instanceof Set) return `it holds a ${value instanceof Map ? 'Map' : 'Set'}`
  if (value instanceof Uint8Array) return 'it holds bytes'
  return value instanceof Date && Number.isNaN(value.getTime()) ? 'it holds a date that is none' : undefined
}
