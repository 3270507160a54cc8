// An example of what an event carries, made from the JSON Schema of its payload. It is a guess: whether it fits, the schema itself says.
import type { JsonSchema } from '../bindings/types/json-schema-type.ts'
import { describeSide } from '../bindings/types/schema-type.ts'
import { check } from '../engine/dispatch/schema.ts'
import type { EventDefinitions } from '../engine/events.ts'

/** A payload for a fixture, and why the application would not take it; undefined where it does. */
export interface Example {
  readonly value: unknown
  readonly fault: string | undefined
}

const DEEPEST = 16
const MOST_ITEMS = 100
const DATE_TIME = '2026-01-01T00:00:00Z'
const FORMATS: { readonly [format: string]: string } = {
  'date-time': DATE_TIME,
  date: '2026-01-01',
  time: '00:00:00',
  duration: 'P1D',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
}

/** Makes an example payload of an event. Never throws: what a schema throws is why the example does not fit. */
export async function makeExample(definition: EventDefinitions[string]): Promise<Example> {
  const { payload } = definition
  const described = payload === undefined ? undefined : describeSide(payload, 'input')
  return await judgeExample(definition, described === undefined ? {} : exampleOf(described, { root: described, depth: 0 }))
}

/** Says whether a payload is one that the application takes. Never throws. */
export async function judgeExample({ payload }: EventDefinitions[string], value: unknown): Promise<Example> {
  try {
    const checked = await check(payload, value, 'payload')
    return { value, fault: checked.ok ? undefined : `${checked.path}: ${checked.message}` }
  } catch (error) {
    return { value, fault: error instanceof Error ? error.message : String(error) }
  }
}

interface Walk {
  readonly root: JsonSchema
  readonly depth: number
}

function exampleOf(schema: unknown, { root, depth }: Walk): unknown {
  if (!isObject(schema) || depth > DEEPEST) return {}
  const inner = (part: unknown): unknown => exampleOf(part, { root, depth: depth + 1 })
  const { $ref, allOf, anyOf, oneOf, tsType } = schema
  if (typeof $ref === 'string') return inner(lookUp(root, $ref))
  const said = [[schema['const']], schema['examples'], [schema['default']], schema['enum']].find(isListOfSomething)
  if (said !== undefined) return said[0]
  for (const choice of [anyOf, oneOf]) if (Array.isArray(choice)) return inner(choice[0])
  if (Array.isArray(allOf)) return mergeAll(allOf.map(inner))
  if (tsType === 'Date') return DATE_TIME // as far as JSON can say it: a schema may read it
  return exampleOfType(schema, inner)
}

function exampleOfType(schema: JsonSchema, inner: (part: unknown) => unknown): unknown {
  const { format } = schema
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  if (type === 'string') return (typeof format === 'string' ? FORMATS[format] : undefined) ?? exampleText(schema)
  if (type === 'number' || type === 'integer') return exampleNumber(schema)
  if (type === 'boolean') return true
  if (type === 'null') return null
  if (type === 'array') return exampleList(schema, inner)
  return exampleObject(schema, inner)
}

/** What must be there, and no more. */
function exampleObject({ properties, required }: JsonSchema, inner: (part: unknown) => unknown): unknown {
  const names = Array.isArray(required) ? required.map(String) : []
  return Object.fromEntries(names.map((name) => [name, inner(isObject(properties) ? properties[name] : undefined)]))
}

function exampleList({ prefixItems, items, minItems }: JsonSchema, inner: (part: unknown) => unknown): unknown[] {
  if (Array.isArray(prefixItems)) return prefixItems.map(inner)
  return Array.from({ length: Math.min(numberOr(minItems, 0), MOST_ITEMS) }, () => inner(items))
}

function exampleText({ minLength, maxLength }: JsonSchema): string {
  return 'example'.padEnd(Math.min(numberOr(minLength, 0), MOST_ITEMS), '.').slice(0, numberOr(maxLength, MOST_ITEMS))
}

function exampleNumber({ minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf }: JsonSchema): number {
  const least = numberOr(minimum, numberOr(exclusiveMinimum, 0) + 1)
  const most = numberOr(maximum, numberOr(exclusiveMaximum, Number.MAX_SAFE_INTEGER) - 1)
  const step = numberOr(multipleOf, 1)
  return Math.ceil(Math.min(Math.max(1, least), most) / step) * step
}

function lookUp(root: JsonSchema, ref: string): unknown {
  return ref
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), root)
}

function mergeAll(parts: readonly unknown[]): unknown {
  return parts.every(isObject) ? Object.assign({}, ...parts) : parts[0]
}

function isListOfSomething(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value[0] !== undefined
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOr(value: unknown, usual: number): number {
  return typeof value === 'number' ? value : usual
}
