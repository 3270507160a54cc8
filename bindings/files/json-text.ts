// JSON between files and scripts: bounded on the way in and on the way out.
import { HostFunctionError } from '../host-function-error.ts'

const INDENT = 2

/**
 * The JSON text of a value, with a line for each property and a last line break. Throws `FILE_CONTENT_INVALID` for what JSON cannot hold, `FILE_TOO_LARGE`
 * long before an object that is referred to again and again, or lines that are indented far, fill the memory of the host.
 */
export function writeJsonText(path: string, value: unknown, most: number): string {
  const text = stringify(path, value, measuring(path, most))
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

type Replacer = (this: unknown, key: string, written: unknown) => unknown

/** Counts what each value adds to the text, in characters: never more than it does, and no less than half of it. */
function measuring(path: string, most: number): Replacer {
  let length = 0
  /** What the value is in, from the outermost inwards: a value is written before the next one is looked at. */
  const around: unknown[] = []
  return function (key, written) {
    const flaw = flawOf((this as Record<string, unknown>)[key])
    if (flaw !== undefined) throw HostFunctionError.of('FILE_CONTENT_INVALID', path, `cannot be written as JSON: ${flaw}`)
    while (around.length > 0 && around.at(-1) !== this) around.pop()
    length += lineOf(this, key, written, around.length)
    if (length > most) throw HostFunctionError.of('FILE_TOO_LARGE', path, length, most)
    if (typeof written === 'object' && written !== null) around.push(written)
    return written
  }
}

/** Characters of a line: the break before it, its indentation, its key and its value, or the brackets of one. */
function lineOf(holder: unknown, key: string, written: unknown, depth: number): number {
  const isItem = Array.isArray(holder)
  if (written === undefined && !isItem) return 0
  const start = depth === 0 ? 0 : 1 + depth * INDENT
  const name = depth === 0 || isItem ? 0 : JSON.stringify(key).length + 2
  return start + name + (typeof written === 'object' && written !== null ? 2 : (JSON.stringify(written)?.length ?? 4))
}

function stringify(path: string, value: unknown, replace: Replacer): string | undefined {
  try {
    return JSON.stringify(value, replace, INDENT)
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
