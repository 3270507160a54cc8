// The text of env.d.ts: what a script of this application sees, for its author's editor and for the type-check. The same terms make the same text.
import { createHash } from 'node:crypto'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Binding, BindingMethod } from '../binding.ts'
import { BindingInterfaces } from './binding-interfaces.ts'
import { GLOBALS } from './globals.ts'
import { describeSchema, type NamedTypes, typeOfSchema } from './json-schema-type.ts'
import { ANYTHING, describeSide, typeOfSide } from './schema-type.ts'
import { SCRIPT_MODULE } from './script-module.ts'
import { TEST_MODULE } from './test-module.ts'
import { docComment, indent, isReservedWord, propertyName, textLiteral } from './text.ts'

/** An event of the host, as `defineEvents` takes it. */
export interface TypedEvent {
  readonly kind?: 'event' | 'filter' | 'decision' | undefined
  readonly payload?: StandardSchemaV1 | undefined
  readonly answer?: StandardSchemaV1 | undefined
  readonly description?: string | undefined
}

/** What the types are made from. */
export interface TypeTerms {
  /** The host's events; undefined where any name goes. */
  readonly events: { readonly [event: string]: TypedEvent } | undefined
  /** Binding → globs of the scripts that policy grants it to; `**` for every script. Bindings that nobody is granted are missing. */
  readonly granted: ReadonlyMap<string, readonly string[]>
}

const HEAD = '// vivarium api '
const LOG = 'log'

/** Makes the text. Its first line has the hash of the rest. */
export function emitTypes(bindings: readonly Binding[], terms: TypeTerms): string {
  const named: NamedTypes = new Map()
  const own = bindings.filter(({ surface }) => surface.name !== LOG).sort((a, b) => (a.surface.name < b.surface.name ? -1 : 1))
  const interfaces = new BindingInterfaces()
  const eventTypes = emitEvents(terms.events, named)
  const bodies = own.map((binding) => emitBinding(binding, terms, { named, interfaces }))
  const parts = [
    eventTypes,
    block('export interface Bindings', bodies),
    ...interfaces.declarations(),
    block('export interface Needs', [...own.map((binding) => emitNeed(binding, terms, named)), '/** Always there. */\nlog?: true']),
    ...[...named].map(([name, { text }]) => `export type ${name} = ${text}`),
    SCRIPT_MODULE.trimEnd(),
  ]
  const module = `declare module 'vivarium/script' {\n${indent(parts.join('\n\n'))}\n}`
  const tests = `declare module 'vivarium/test' {\n${indent(TEST_MODULE.trimEnd())}\n}`
  const body = `// Written by vivarium; do not edit. "vivarium types" writes it anew when the application's events, bindings or policy change.\n\n${module}\n\n${tests}\n\n${GLOBALS}`
  return `${HEAD}${hash(body)}\n${body}`
}

/** The hash that stands at the head of a text; undefined where none does. */
export function apiHash(text: string): string | undefined {
  return /^\/\/ vivarium api ([\da-f]{16})\r?\n/.exec(text)?.[1]
}

function emitEvents(events: TypeTerms['events'], named: NamedTypes): string {
  if (events === undefined) {
    const any = `{ payload: ${ANYTHING}; result: unknown; emitted: ${ANYTHING} }`
    return `/** This application does not say which events it has: any name goes. */\nexport interface Events {\n  [event: string]: ${any}\n}\n\nexport type EventName = string`
  }
  const rows = Object.entries(events).map(([name, definition]) => emitEvent(name, definition, named))
  return `${block('export interface Events', rows, 'The events of this application.')}\n\nexport type EventName = keyof Events`
}

function emitEvent(name: string, { kind = 'event', payload, answer, description }: TypedEvent, named: NamedTypes): string {
  const scope = { name: `${name} payload`, named }
  const side = (schema: StandardSchemaV1 | undefined, which: 'input' | 'output', part: string): string =>
    typeOfSide(schema, which, { name: `${name} ${part}`, named })
  const about = payload === undefined ? [] : describeSchema(describeSide(payload, 'output'))
  const rows = [
    `payload: ${typeOfSide(payload, 'output', scope)}`,
    `result: ${resultOf(kind, side(kind === 'filter' ? payload : answer, 'input', 'result'))}`,
    `emitted: ${side(payload, 'input', 'emitted')}`,
  ]
  return block(`${propertyName(name)}:`, rows, [description ?? about[0], KINDS[kind]].filter(Boolean).join('\n'))
}

const KINDS = {
  event: undefined,
  filter: 'A filter: what the handler returns is the next value.',
  decision: 'A decision: the first answer that is not undefined counts.',
} as const

function resultOf(kind: 'event' | 'filter' | 'decision', answer: string): string {
  if (kind === 'event') return 'unknown'
  return kind === 'filter' || answer === ANYTHING ? answer : `${answer} | undefined | void`
}

/** Types that have a name, met so far. */
interface Declared {
  readonly named: NamedTypes
  readonly interfaces: BindingInterfaces
}

function emitBinding(binding: Binding, { granted }: TypeTerms, { named, interfaces }: Declared): string {
  const { surface, types } = binding
  const scripts = granted.get(surface.name)
  const doc = docComment([surface.description, describeGrant(scripts)])
  if (scripts === undefined) return `${doc}${surface.name}: NotGranted<${textLiteral(howToGrant(surface.name))}>`
  return `${doc}${surface.name}: ${interfaces.nameOf(surface.name, types?.trim() ?? methodsOf(binding, named))}`
}

function emitNeed({ surface, grant }: Binding, { granted }: TypeTerms, named: NamedTypes): string {
  const { name, description } = surface
  const scripts = granted.get(name)
  const doc = docComment([description, describeGrant(scripts)])
  if (scripts === undefined) return `${doc}${name}?: ${textLiteral(howToGrant(name))}`
  return `${doc}${name}?: ${needOf(grant === undefined ? undefined : typeOfSide(grant, 'input', { name: `${name} need`, named }))}`
}

/** A need is never less than \`true\`; what a grant's schema does not tell is any plain list or table. */
function needOf(details: string | undefined): string {
  if (details === undefined) return 'boolean'
  return details === 'unknown' || details === ANYTHING
    ? 'boolean | readonly unknown[] | { readonly [detail: string]: unknown }'
    : `boolean | ${details}`
}

function describeGrant(scripts: readonly string[] | undefined): string | undefined {
  if (scripts === undefined) return 'Granted to no script.'
  return scripts.includes('**') ? undefined : `Granted to the scripts ${scripts.map((glob) => JSON.stringify(glob)).join(', ')}.`
}

function howToGrant(name: string): string {
  return `The policy grants ${name} to no script: an admin would add it under "allow".`
}

function methodsOf({ surface, methods }: Binding, named: NamedTypes): string {
  const rows = [...methods].map(([name, method]) => emitMethod(name, method, { name: `${surface.name} ${name}`, named }))
  return block('', rows).trimStart()
}

function emitMethod(name: string, { input, output }: BindingMethod, scope: { readonly name: string; readonly named: NamedTypes }): string {
  const reply = typeOfSide(output, 'output', { ...scope, name: `${scope.name} reply` })
  const described = describeSide(input, 'input')
  const doc = docComment([...describeSchema(described).slice(0, 1), ...describeParameters(described)])
  return `${doc}${propertyName(name)}(${parametersOf(described, scope)}): Promise<${reply}>`
}

/** Parameters by name where the schemas of a tuple have titles that can be names, else by number. */
function parametersOf(described: ReturnType<typeof describeSide>, scope: { readonly name: string; readonly named: NamedTypes }): string {
  const members = described?.['prefixItems']
  if (described === undefined) return `...values: ${ANYTHING}[]`
  if (!Array.isArray(members)) return `...values: ${typeOfSchema(described, { ...scope, name: `${scope.name} values` })}`
  const least = typeof described['minItems'] === 'number' ? described['minItems'] : members.length
  const inOne = typeOfSchema(described, { ...scope, name: `${scope.name} values` })
  const labels = labelsOf(members)
  const hasRest = described['items'] !== undefined && described['items'] !== false
  const isPlain = new Set(labels).size === labels.length && !hasRest
  if (!isPlain) return `...values: ${inOne}`
  return members
    .map((member, index) => {
      const type = typeOfSchema({ ...(member as object), $defs: described['$defs'] }, { ...scope, name: `${scope.name} ${labels[index]}` })
      return `${labels[index]}${index < least ? '' : '?'}: ${type}`
    })
    .join(', ')
}

/** What is said of arguments stands beside the method: parameters have no comments of their own that editors show. */
function describeParameters(described: ReturnType<typeof describeSide>): readonly string[] {
  const members = described?.['prefixItems']
  if (!Array.isArray(members)) return []
  const labels = labelsOf(members)
  return members.flatMap((member: TupleMember, index) =>
    typeof member?.description === 'string' ? [`@param ${labels[index]} ${member.description}`] : [],
  )
}

/** An argument's schema, as far as it may say something of the argument. */
type TupleMember = { readonly title?: unknown; readonly description?: unknown } | null

function labelsOf(members: readonly TupleMember[]): readonly string[] {
  return members.map((member, index) => {
    const title = member?.title
    return typeof title === 'string' && /^[a-z]\w*$/i.test(title) && !isReservedWord(title) ? title : `value${index + 1}`
  })
}

function block(head: string, rows: readonly string[], doc = ''): string {
  return `${docComment([doc])}${head} {${rows.length === 0 ? '' : `\n${indent(rows.join('\n'))}\n`}}`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
