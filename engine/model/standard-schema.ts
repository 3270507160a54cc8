// How any Standard Schema is asked, and how what it finds is put into words: for payloads and results of events, for arguments and replies of host functions.
import type { StandardSchemaV1 } from '@standard-schema/spec'

const MESSAGE_CHARACTERS = 500

/** The first thing that a schema did not accept. */
export interface SchemaIssue {
  readonly path: readonly (string | number)[]
  /** At most 500 characters; not safe to print. */
  readonly message: string
}

/** A schema's verdict. `thrown` is set where the schema itself failed rather than judged. */
export type Verdict =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issue: SchemaIssue }
  | { readonly ok: false; readonly issue?: never; readonly thrown: unknown }

/** Whether a value implements Standard Schema, version 1. Some libraries' schemas are functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  if (!isObject(value) || !('~standard' in value)) return false
  const standard = value['~standard']
  return typeof standard === 'object' && standard !== null && 'validate' in standard && typeof standard.validate === 'function'
}

/** Whether a value is to be awaited: a promise, or what passes for one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && 'then' in value && typeof value.then === 'function'
}

/** Validates without ever throwing or rejecting. Answers at once where the schema does: most do, and an await costs more than the check. */
export function validate(schema: StandardSchemaV1, value: unknown): Verdict | Promise<Verdict> {
  try {
    const result = schema['~standard'].validate(value)
    return isThenable(result) ? settle(result) : judge(result)
  } catch (thrown) {
    return { ok: false, thrown }
  }
}

async function settle(pending: PromiseLike<StandardSchemaV1.Result<unknown>>): Promise<Verdict> {
  try {
    return judge(await pending)
  } catch (thrown) {
    return { ok: false, thrown }
  }
}

function judge(result: StandardSchemaV1.Result<unknown>): Verdict {
  if (!result.issues) return { ok: true, value: result.value }
  const [first] = result.issues
  if (first === undefined) return { ok: false, issue: { path: [], message: 'it is not valid' } }
  return { ok: false, issue: { path: (first.path ?? []).map(pathKey), message: sentenceOf(first.message) } }
}

/** What the schema says, without the words that the sentence around it has already. */
function sentenceOf(message: string): string {
  return clip(message.replace(/^Invalid input: /, ''), MESSAGE_CHARACTERS)
}

function pathKey(step: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof step === 'object' ? step.key : step
  return typeof key === 'symbol' ? String(key) : key
}

/** Text of at most so many characters: whatever a script had a hand in is bounded before it is kept or shown. */
export function clip(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}…`
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
