// What policy may write under `allow.<binding>`: `true`, or what the binding's grant schema accepts.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BindingSurface } from '../engine/model/host-call.ts'
import type { Json } from '../engine/model/json.ts'
import { isThenable, type SchemaIssue, type Verdict, validate } from './schema.ts'

type AllowReading = ReturnType<BindingSurface['readAllow']>

/** Makes the reader for one binding. `true` is the schema's default when it has one, and stands as it is when not; or `refuseTrue` says why it is none. */
export function createReadAllow(grant: StandardSchemaV1 | undefined, refuseTrue?: string): BindingSurface['readAllow'] {
  return (written) => {
    if (written === true && refuseTrue !== undefined) return refuse({ path: [], message: refuseTrue })
    if (written === true) return { ok: true, value: readAll(grant) }
    if (grant === undefined) return refuse({ path: [], message: 'it takes no details: write true' })
    const verdict = validateNow(grant, written)
    if (verdict.ok) return { ok: true, value: asJson(verdict.value) }
    return refuse(verdict.issue ?? { path: [], message: 'its grant schema could not check what is written' })
  }
}

function readAll(grant: StandardSchemaV1 | undefined): Json {
  if (grant === undefined) return true
  const verdict = validateNow(grant, undefined)
  return verdict.ok && verdict.value !== undefined ? asJson(verdict.value) : true
}

/** Policy is read at once: a schema that answers later cannot be used for it. */
function validateNow(schema: StandardSchemaV1, value: unknown): Verdict {
  const verdict = validate(schema, value)
  return isThenable(verdict)
    ? { ok: false, issue: { path: [], message: 'its grant schema answers asynchronously, which policy cannot wait for' } }
    : verdict
}

/** Policy files hold JSON, and a grant schema normalises within it. */
function asJson(value: unknown): Json {
  return value as Json
}

function refuse(issue: SchemaIssue): AllowReading {
  return { ok: false, message: issue.message, path: issue.path }
}
