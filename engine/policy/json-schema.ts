// The JSON Schema of a policy, for editors: derived from the schema that policies are read with and from the table of limits.
import { z } from 'zod'
import type { BindingSurface } from '../model/host-call.ts'
import { LIMITS, type LimitName } from '../model/limits.ts'
import { formatLimit } from './limit-value.ts'
import { limitSchemas, policySchema } from './schema.ts'

/** Patterns of quantities: what `units.ts` reads. */
const PATTERNS = { ms: '^\\d{1,15}(\\.\\d{1,9})?(ms|s|m)$', bytes: '^\\d{1,15}(\\.\\d{1,9})?(B|KiB|MiB|GiB)$' } as const

/**
 * The JSON Schema (draft 2020-12) of a policy for an engine with these bindings. Written to a file, editors find it through a first line
 * `# yaml-language-server: $schema=policy.schema.json`. What a binding takes under `allow` is not described further than by its own sentence.
 */
export function policyJsonSchema(surfaces: readonly BindingSurface[]): { readonly [keyword: string]: unknown } {
  const schema = z.toJSONSchema(policySchema(surfaces), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const described = limitSchemas.get(zodSchema)
      if (described !== undefined) Object.assign(jsonSchema, limitKeywords(described.limit))
    },
  })
  return { ...schema, title: 'Vivarium policy' }
}

function limitKeywords(name: LimitName): { readonly [keyword: string]: unknown } {
  const { unit, floor, ceiling, effect } = LIMITS[name]
  const [least, most, usual] = [floor, ceiling, LIMITS[name].default].map((value) => formatLimit(name, value))
  const description = `When reached: ${effect}. Default ${usual}, at least ${least}, at most ${most}.`
  if (unit === 'count') return { type: 'integer', minimum: floor, maximum: Number.MAX_SAFE_INTEGER, description }
  return { type: 'string', pattern: PATTERNS[unit], description, examples: [usual] }
}
