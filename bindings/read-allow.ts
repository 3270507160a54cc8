// What policy may write under `allow.<binding>`: `true`, or what the binding's grant schema accepts.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { AllowProblem, BindingSurface } from '../engine/model/host-call.ts'
import type { Json } from '../engine/model/json.ts'
import { isThenable, type SchemaIssue, validate } from './schema.ts'

const MOST_PROBLEMS = 20
/** Policy is read at once. */
const LATE = 'its grant schema answers asynchronously, which policy cannot wait for'

type AllowReading = ReturnType<BindingSurface['readAllow']>

/** Makes the reader for one binding. `true` is the schema's default when it has one, and stands as it is when not; or `refuseTrue` says why it is none. */
export function createReadAllow(grant: StandardSchemaV1 | undefined, refuseTrue?: string): BindingSurface['readAllow'] {
  return (written) => {
    if (written === true && refuseTrue !== undefined) return refuse({ path: [], message: refuseTrue })
    if (written === true) return { ok: true, value: readAll(grant) }
    if (grant === undefined) return refuse({ path: [], message: 'it takes no details: write true' })
    const verdict = validate(grant, written)
    if (isThenable(verdict)) return refuse({ path: [], message: LATE })
    if (verdict.ok) return { ok: true, value: asJson(verdict.value) }
    if (verdict.issue === undefined) return refuse({ path: [], message: 'its grant schema could not check what is written' })
    const [first = verdict.issue, ...others] = allProblems(grant, written)
    return { ok: false, ...first, others }
  }
}

/** All that is wrong, where the schema is of zod, as those of our own bindings are; the verdict has the first thing only. */
function allProblems(grant: StandardSchemaV1, written: unknown): readonly AllowProblem[] {
  if (!(grant instanceof z.ZodType)) return []
  const issues = grant.safeParse(written).error?.issues ?? []
  return issues.slice(0, MOST_PROBLEMS).flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
    // A schema may have its own words for it.
    if (issue.code !== 'unrecognized_keys' || !issue.message.startsWith('Unrecognized key'))
      return [{ path, message: issue.message.replace(/^Invalid input: /, '') }]
    const known = keysOf(z.toJSONSchema(grant, { io: 'input', unrepresentable: 'any' }))
    return issue.keys.map((key): AllowProblem => ({ path: [...path, key], isKey: true, message: `is not known here.${near(key, known)}` }))
  })
}

function near(key: string, known: readonly string[]): string {
  return didYouMean(key, known) || (known.length === 0 ? '' : ` Known are ${known.map((name) => JSON.stringify(name)).join(', ')}.`)
}

/** The names of fields, wherever in a JSON Schema. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return [
    ...new Set(
      Object.entries(schema).flatMap(([word, part]) => [...(word === 'properties' ? Object.keys(part as object) : []), ...keysOf(part)]),
    ),
  ]
}

function readAll(grant: StandardSchemaV1 | undefined): Json {
  if (grant === undefined) return true
  const verdict = validate(grant, undefined)
  return !isThenable(verdict) && verdict.ok && verdict.value !== undefined ? asJson(verdict.value) : true
}

/** Policy files hold JSON, and a grant schema normalises within it. */
function asJson(value: unknown): Json {
  return value as Json
}

function refuse(issue: SchemaIssue): AllowReading {
  return { ok: false, message: issue.message, path: issue.path }
}
