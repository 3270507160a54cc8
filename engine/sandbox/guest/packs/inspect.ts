// Any value as a short line, for console lines and messages: bounded in depth, breadth and length.
import type { Kit } from '../kit.ts'

/** Fills `made` with `inspect`. */
export function inspectPack(kit: Pick<Kit, 'read'>, made: Record<string, unknown>): void {
  const { stringify } = JSON
  const { apply } = Reflect
  const { keys } = Object
  const { isArray } = Array
  const { slice } = String.prototype
  const StringOf = String
  const isError = (Error as unknown as { isError(value: unknown): boolean }).isError
  const { forEach } = Map.prototype
  const setForEach = Set.prototype.forEach
  const { toISOString } = Date.prototype
  const MOST_CHARS = 8_192
  const MOST_ITEMS = 100
  const DEEPEST = 4
  const tagged = <T>(attempt: () => T): T | undefined => {
    try {
      return attempt()
    } catch {
      return undefined // not of that kind
    }
  }
  const inspect = (value: unknown, depth: number): string => {
    if (typeof value === 'string') return depth === 0 ? value : stringify(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return `[function ${StringOf(kit.read(value, 'name'))}]`
    if (typeof value !== 'object' || value === null) return StringOf(value)
    if (isError(value)) return `${StringOf(kit.read(value, 'name'))}: ${StringOf(kit.read(value, 'message'))}`
    if (depth >= DEEPEST) return isArray(value) ? '[…]' : '{…}'
    const special =
      tagged(() => apply(toISOString, value, [])) ??
      tagged(() => collection(value, depth, 'Map')) ??
      tagged(() => collection(value, depth, 'Set'))
    if (special !== undefined) return special
    let text = ''
    const names = isArray(value) ? undefined : keys(value)
    const size = names === undefined ? (value as unknown[]).length : names.length
    for (let i = 0; i < size && i < MOST_ITEMS && text.length < MOST_CHARS; i++) {
      const name = names === undefined ? undefined : (names[i] as string)
      const item = inspect(name === undefined ? (value as unknown[])[i] : kit.read(value, name), depth + 1)
      text += `${i === 0 ? '' : ', '}${name === undefined ? '' : `${name}: `}${item}`
    }
    if (size > MOST_ITEMS) text += `, … ${size - MOST_ITEMS} more`
    return names === undefined ? `[${text}]` : text === '' ? '{}' : `{ ${text} }`
  }
  const collection = (value: object, depth: number, kind: 'Map' | 'Set'): string => {
    let text = ''
    let count = 0
    const add = (item: unknown, key: unknown): void => {
      if (count++ < MOST_ITEMS)
        text += `${text === '' ? '' : ', '}${kind === 'Map' ? `${inspect(key, depth + 1)} => ` : ''}${inspect(item, depth + 1)}`
    }
    apply(kind === 'Map' ? forEach : setForEach, value, [add])
    return `${kind}(${count}) { ${text} }`
  }
  made['inspect'] = (value: unknown) => apply(slice, inspect(value, 0), [0, MOST_CHARS])
}
