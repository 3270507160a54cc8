// The text form in which `kv` keeps values: lossless for everything that crosses the wall, and canonical, so that equal values have equal texts.
// Plain JSON stays plain JSON with sorted keys; the rest is an object with the key `$`: { $: kind, v: content }.

/** A value's text. Takes plain data only, as the gate lets it through. Objects that occur twice, or in themselves, are kept as one object. */
export function writeStored(value: unknown): string {
  return JSON.stringify(write(value, new Map()))
}

/** The value of a text that {@link writeStored} made. */
export function readStored(text: string): unknown {
  const stored: unknown = JSON.parse(text)
  return text.includes('"$":') ? read(stored, []) : stored
}

type Tag = { readonly $: string; readonly v?: unknown }

/** `places` numbers arrays, objects, maps and sets in the order in which they are met; reading meets them in the same order. */
function write(value: unknown, places: Map<object, number>): unknown {
  switch (typeof value) {
    case 'undefined':
      return tag('undefined')
    case 'bigint':
      return tag('bigint', value < 0n ? `-${(-value).toString(16)}` : value.toString(16))
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : tag('number', Object.is(value, -0) ? '-0' : String(value))
    case 'object':
      return value === null ? null : writeObject(value, places)
    default:
      return value
  }
}

function writeObject(value: object, places: Map<object, number>): unknown {
  if (value instanceof Date) return tag('date', Number.isNaN(value.getTime()) ? null : value.getTime())
  if (value instanceof Uint8Array) return tag('bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'))
  const place = places.get(value)
  if (place !== undefined) return tag('same', place)
  places.set(value, places.size)
  if (Array.isArray(value)) return Array.from(value, (item) => write(item, places))
  if (value instanceof Set) return tag('set', writeAll(value, places))
  if (value instanceof Map) return tag('map', writeAll(pairsOf(value), places))
  const keys = Object.keys(value).sort()
  const entries = keys.map((key) => [key, write((value as Record<string, unknown>)[key], places)] as const)
  return Object.hasOwn(value, '$') ? tag('object', entries) : Object.fromEntries(entries)
}

function writeAll(values: Iterable<unknown>, places: Map<object, number>): unknown[] {
  return Array.from(values, (value) => write(value, places))
}

/** Keys and values in turn: pairs would be arrays that take places of their own. */
function* pairsOf(map: ReadonlyMap<unknown, unknown>): Iterable<unknown> {
  for (const [key, value] of map) {
    yield key
    yield value
  }
}

function tag(kind: string, content?: unknown): Tag {
  return content === undefined ? { $: kind } : { $: kind, v: content }
}

/** Every container is put into `met` before its contents are read: they may refer to it. */
function read(stored: unknown, met: unknown[]): unknown {
  if (typeof stored !== 'object' || stored === null) return stored
  if (Array.isArray(stored)) return fill(stored, met)
  if (Object.hasOwn(stored, '$')) return readTag(stored as Tag, met)
  const value: Record<string, unknown> = {}
  met.push(value)
  for (const [key, content] of Object.entries(stored)) define(value, key, read(content, met))
  return value
}

function readTag({ $: kind, v: content }: Tag, met: unknown[]): unknown {
  switch (kind) {
    case 'bigint':
      return readBigInt(content as string)
    case 'number':
      return Number(content)
    case 'date':
      return new Date(content === null ? Number.NaN : (content as number))
    case 'bytes':
      return new Uint8Array(Buffer.from(content as string, 'base64'))
    case 'same':
      return met[content as number]
    case 'set':
      return readSet(content as unknown[], met)
    case 'map':
      return readMap(content as unknown[], met)
    case 'object':
      return readEntries(content as [string, unknown][], met)
    default:
      return undefined
  }
}

function fill(stored: readonly unknown[], met: unknown[]): unknown[] {
  const value: unknown[] = []
  met.push(value)
  for (const item of stored) value.push(read(item, met))
  return value
}

function readSet(stored: readonly unknown[], met: unknown[]): Set<unknown> {
  const value = new Set()
  met.push(value)
  for (const item of stored) value.add(read(item, met))
  return value
}

function readMap(stored: readonly unknown[], met: unknown[]): Map<unknown, unknown> {
  const value = new Map()
  met.push(value)
  for (let index = 0; index < stored.length; index += 2) {
    const key = read(stored[index], met)
    value.set(key, read(stored[index + 1], met))
  }
  return value
}

function readEntries(stored: readonly (readonly [string, unknown])[], met: unknown[]): object {
  const value = {}
  met.push(value)
  for (const [key, content] of stored) define(value, key, read(content, met))
  return value
}

/** Assigning would run the setter behind `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

function readBigInt(text: string): bigint {
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
}
