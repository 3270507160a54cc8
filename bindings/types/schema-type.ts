// TypeScript for a schema of the host: zod tells everything, other libraries what they say as JSON Schema, and where a schema says nothing, anything goes.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import { type JsonSchema, type TypeScope, typeOfSchema } from './json-schema-type.ts'

/** Which side of a schema: what it takes, or what it makes of that. */
export type SchemaSide = 'input' | 'output'

/** What schemas that do not describe themselves are. */
export const ANYTHING = 'any'

/** Schemas nested in maps and sets are described on their own; deeper than this they are recursive. */
const DEEPEST = 4
const FORMATS: { readonly [type: string]: string } = {
  date: 'Date',
  bigint: 'bigint',
  undefined: 'undefined',
  void: 'void',
  nan: 'number',
  never: 'never',
  any: 'any',
}

/** The JSON Schema of one side; undefined where the schema does not describe itself. Never throws: what a schema throws is silence. */
export function describeSide(schema: StandardSchemaV1, side: SchemaSide): JsonSchema | undefined {
  try {
    return isZod(schema) ? zodToJson(schema, side, 0) : standardJson(schema, side)
  } catch {
    return undefined
  }
}

/** The type of one side. */
export function typeOfSide(schema: StandardSchemaV1 | undefined, side: SchemaSide, scope: TypeScope): string {
  const described = schema === undefined ? undefined : describeSide(schema, side)
  return described === undefined ? ANYTHING : typeOfSchema(described, scope)
}

interface ZodDefinition {
  readonly type: string
  readonly keyType?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
  readonly parts?: readonly unknown[]
}

function isZod(schema: unknown): schema is z.core.$ZodType {
  return typeof schema === 'object' && schema !== null && '_zod' in schema
}

function zodToJson(schema: z.core.$ZodType, side: SchemaSide, depth: number): JsonSchema {
  return z.toJSONSchema(schema, {
    io: side,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const tsType = typeOfZod(zodSchema, side, depth)
      if (tsType !== undefined) Object.assign(jsonSchema, { tsType })
    },
  }) as JsonSchema
}

/** What JSON cannot say, and zod can. */
function typeOfZod(schema: z.core.$ZodType, side: SchemaSide, depth: number): string | undefined {
  const definition = schema._zod.def as unknown as ZodDefinition
  const inner = (part: z.core.$ZodType | undefined): string => {
    if (part === undefined || depth >= DEEPEST) return 'unknown'
    return typeOfSchema(zodToJson(part, side, depth + 1), { name: 'Nested', named: new Map() })
  }
  if (definition.type === 'map') return `Map<${inner(definition.keyType)}, ${inner(definition.valueType)}>`
  if (definition.type === 'set') return `Set<${inner(definition.valueType)}>`
  if (definition.type === 'custom') return acceptsBytes(schema) ? 'Uint8Array' : undefined
  return FORMATS[definition.type]
}

/** Of the classes that can cross the wall, bytes are the one that zod has no schema of its own for: `z.instanceof(Uint8Array)`. */
function acceptsBytes(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, new Uint8Array()).success && !z.safeParse(schema, {}).success && !z.safeParse(schema, '').success
}

function standardJson(schema: StandardSchemaV1, side: SchemaSide): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as {
    readonly jsonSchema?: { readonly [side in SchemaSide]?: (options: { readonly target: string }) => unknown }
  }
  const described = jsonSchema?.[side]?.({ target: 'draft-2020-12' })
  return typeof described === 'object' && described !== null ? (described as JsonSchema) : undefined
}
