// Values as text: for messages on one line, and for diffs on several, with the keys of objects in order.
import { bytesOf, isOpaque, itemsOf, textOf } from './opaque.ts'

const DEEPEST = 12
const MOST_CHARS = 20_000
const WIDEST = 72

/** A value on one line. */
export function show(value: unknown): string {
  return new Writer(false).write(value)
}

/** A value on as many lines as it takes; equal values have equal lines. */
export function showLines(value: unknown): string[] {
  return new Writer(true).write(value).split('\n')
}

class Writer {
  readonly #isTall: boolean
  readonly #above: object[] = []
  #room = MOST_CHARS

  constructor(isTall: boolean) {
    this.#isTall = isTall
  }

  write(value: unknown): string {
    const text = this.#textOf(value)
    this.#room -= text.length
    return text
  }

  #textOf(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(value.length > this.#room ? `${value.slice(0, Math.max(0, this.#room))}…` : value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return `[function ${value.name === '' ? 'without a name' : value.name}]`
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
    if (typeof value !== 'object' || value === null) return String(value)
    if (this.#above.includes(value)) return '[cycle]'
    if (this.#above.length >= DEEPEST || this.#room <= 0) return '…'
    this.#above.push(value)
    const text = this.#objectOf(value)
    this.#above.pop()
    return text
  }

  #objectOf(value: object): string {
    if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`
    if (value instanceof RegExp) return String(value)
    if (value instanceof Error) return `${value.name}(${JSON.stringify(value.message)})`
    if (Array.isArray(value))
      return this.#join(
        '[',
        Array.from(value, (part) => this.write(part)),
        ']',
      )
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
      return this.#join(`${value.constructor.name} [`, Array.from(bytesOf(value) ?? (value as Uint8Array), String), ']')
    if (value instanceof Set)
      return this.#join(
        'Set {',
        Array.from(value, (part) => this.write(part)),
        '}',
      )
    if (value instanceof Map)
      return this.#join(
        'Map {',
        Array.from(value, ([key, part]) => `${this.write(key)} => ${this.write(part)}`),
        '}',
      )
    if (isOpaque(value)) return this.#opaqueOf(value)
    const fields = Object.keys(value)
      .sort()
      .map((key) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${this.write((value as Record<string, unknown>)[key])}`)
    return this.#join(`${kindOf(value)} {`.trimStart(), fields, '}')
  }

  /** By the same that tells whether two of them are equal. */
  #opaqueOf(value: object): string {
    const name = kindOf(value)
    const items = itemsOf(value)
    if (items !== undefined)
      return this.#join(
        `${name} [`,
        items.map((part) => this.write(part)),
        ']',
      )
    const text = textOf(value)
    return text === undefined ? `${name} {}` : `${name}(${text.slice(0, Math.max(0, this.#room))})`
  }

  #join(open: string, parts: readonly string[], close: string): string {
    if (parts.length === 0) return `${open}${close}`
    const space = open.endsWith('{') ? ' ' : ''
    const short = `${open}${space}${parts.join(', ')}${space}${close}`
    if (!this.#isTall || (short.length <= WIDEST && !short.includes('\n') && this.#above.length > 1)) return short
    return `${open}\n${parts.map((part) => `  ${part.replaceAll('\n', '\n  ')},`).join('\n')}\n${close}`
  }
}

/** The name of its class; none for a plain object. */
function kindOf(value: object): string {
  const kind: unknown = value.constructor
  return kind === Object || typeof kind !== 'function' ? '' : kind.name
}
