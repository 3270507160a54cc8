// TypeScript for a JSON Schema. What it cannot tell becomes `unknown`, never a wrong type.
import { docComment, indent, propertyName, textLiteral } from './text.ts'

/** A JSON Schema, or what is left of it: nothing in it is trusted to be there. `tsType` is TypeScript that stands for the whole. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
  readonly tsType?: string
}

/** A type that is declared by name, because it refers to itself. */
export interface NamedType {
  readonly target: unknown
  text: string
}

/** Name → type. */
export type NamedTypes = Map<string, NamedType>

/** Where types are declared that need a name. */
export interface TypeScope {
  /** What names begin with. */
  readonly name: string
  readonly named: NamedTypes
}

interface Walk extends TypeScope {
  readonly root: JsonSchema
  readonly depth: number
}

const DEEPEST = 24
const SIMPLE: { readonly [type: string]: string } = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
}

/** The type of what fits a schema. */
export function typeOfSchema(schema: JsonSchema | boolean, scope: TypeScope): string {
  if (typeof schema === 'boolean') return schema ? 'unknown' : 'never'
  return typeOf(schema, { ...scope, root: schema, depth: 0 })
}

function typeOf(schema: unknown, walk: Walk): string {
  if (schema === true || !isTable(schema)) return schema === false ? 'never' : 'unknown'
  if (walk.depth > DEEPEST) return 'unknown'
  const inner = { ...walk, depth: walk.depth + 1 }
  if (typeof schema['tsType'] === 'string') return schema['tsType']
  if (typeof schema['$ref'] === 'string') return typeOfReference(schema['$ref'], inner)
  if ('const' in schema) return literal(schema['const'])
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map(literal))
  const choices = listOf(schema['anyOf']) ?? listOf(schema['oneOf'])
  if (choices !== undefined) return union(choices.map((choice) => typeOf(choice, inner)))
  const parts = listOf(schema['allOf'])
  if (parts !== undefined) return parts.map((part) => grouped(typeOf(part, inner))).join(' & ')
  const { type } = schema
  if (Array.isArray(type)) return union(type.map((one) => typeOfKind({ ...schema, type: one }, inner)))
  return typeOfKind(schema, inner)
}

function typeOfKind(schema: JsonSchema, walk: Walk): string {
  const { type } = schema
  if (type === 'array' || 'prefixItems' in schema) return typeOfList(schema, walk)
  if (type === 'object' || 'properties' in schema) return typeOfTable(schema, walk)
  return typeof type === 'string' ? (SIMPLE[type] ?? 'unknown') : 'unknown'
}

function typeOfList(schema: JsonSchema, walk: Walk): string {
  const first = listOf(schema['prefixItems'])
  const { items } = schema
  if (first === undefined) return `${grouped(typeOf(items ?? true, walk))}[]`
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : first.length
  const members = first.map((member, index) => `${typeOf(member, walk)}${index < least ? '' : ' | undefined'}`)
  const rest = items === undefined || items === false ? [] : [`...${grouped(typeOf(items, walk))}[]`]
  return `[${[...members.map((member, index) => (index < least ? member : `(${member})?`)), ...rest].join(', ')}]`
}

function typeOfTable(schema: JsonSchema, walk: Walk): string {
  const properties = isTable(schema['properties']) ? Object.entries(schema['properties']) : []
  const required = new Set(listOf(schema['required']))
  const { additionalProperties, propertyNames } = schema
  const others = isTable(additionalProperties) || additionalProperties === true ? typeOf(additionalProperties, walk) : undefined
  if (properties.length === 0)
    return others === undefined ? emptyTable(additionalProperties) : record(propertyNames, others, { walk, isWhole: required.size > 0 })
  const lines = properties.map(([name, property]) => {
    const doc = docComment(describeSchema(property))
    return `${doc}${propertyName(name)}${required.has(name) ? '' : '?'}: ${typeOf(property, walk)}`
  })
  // Beside known properties, an index signature would have to hold for those too.
  return `{\n${indent([...lines, ...(others === undefined ? [] : ['[key: string]: unknown'])].join('\n'))}\n}`
}

function emptyTable(additional: unknown): string {
  return additional === false ? 'Record<string, never>' : 'Record<string, unknown>'
}

function record(names: unknown, values: string, { walk, isWhole }: { readonly walk: Walk; readonly isWhole: boolean }): string {
  const keys = isTable(names) ? typeOf(names, walk) : 'string'
  return keys === 'string' || keys === 'unknown' ? `Record<string, ${values}>` : `{ [key in ${keys}]${isWhole ? '' : '?'}: ${values} }`
}

/** A schema that refers to itself gets a name, and so does whatever it refers to. */
function typeOfReference(reference: string, walk: Walk): string {
  const target = resolve(reference, walk.root)
  if (target === undefined) return 'unknown'
  const part = reference.replace(/^#\/(?:\$defs|definitions)\//, '').replace(/^#$/, '')
  const wanted = typeName(`${walk.name} ${part.replace(/^__/, '')}`)
  let name = wanted
  for (let count = 2; (walk.named.get(name)?.target ?? target) !== target; count++) name = `${wanted}${count}`
  if (!walk.named.has(name)) {
    const made: NamedType = { target, text: 'unknown' }
    walk.named.set(name, made) // what refers to it meanwhile finds it there
    made.text = typeOf(target, { ...walk, depth: 0 })
  }
  return name
}

function resolve(reference: string, root: JsonSchema): unknown {
  if (!reference.startsWith('#')) return undefined
  let found: unknown = root
  for (const step of reference.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    found = isTable(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return found
}

/** `order.created payload` → `OrderCreatedPayload`. */
function typeName(words: string): string {
  const name = words
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  return /^[A-Za-z]/.test(name) ? name : `Type${name}`
}

/** What a schema says about itself to people. */
export function describeSchema(schema: unknown): readonly (string | undefined)[] {
  if (!isTable(schema)) return []
  const tag = (name: string, value: unknown): string | undefined => (value === undefined ? undefined : `@${name} ${JSON.stringify(value)}`)
  return [
    textOf(schema['description']) ?? textOf(schema['title']),
    typeof schema['format'] === 'string' ? `@format ${schema['format']}` : undefined,
    ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'].map((name) => tag(name, usual(schema[name]))),
    tag('default', schema['default']),
    ...(listOf(schema['examples']) ?? []).slice(0, 3).map((example) => tag('example', example)),
    schema['deprecated'] === true ? '@deprecated' : undefined,
  ]
}

/** The bounds that every integer has are not worth a line. */
function usual(bound: unknown): unknown {
  return typeof bound === 'number' && Math.abs(bound) !== Number.MAX_SAFE_INTEGER ? bound : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function literal(value: unknown): string {
  if (typeof value === 'string') return textLiteral(value)
  return value === null || ['number', 'boolean'].includes(typeof value) ? String(value) : 'unknown'
}

function union(types: readonly string[]): string {
  const different = [...new Set(types)]
  if (different.includes('unknown')) return 'unknown'
  const possible = different.filter((type) => type !== 'never')
  return possible.length === 0 ? 'never' : possible.map((type) => (possible.length > 1 ? parenthesised(type) : type)).join(' | ')
}

function grouped(type: string): string {
  return / [|&] |=>/.test(type) && !isOneTable(type) ? `(${type})` : type
}

function parenthesised(type: string): string {
  return type.includes('=>') ? `(${type})` : type
}

/** Whether a type is one object type as a whole, whatever is inside. */
function isOneTable(type: string): boolean {
  return type.startsWith('{\n') && type.indexOf('\n}') === type.length - 2
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function isTable(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
