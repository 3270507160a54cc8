// Values held against Standard Schemas: payloads, filtered values, answers.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isThenable, type Verdict, validate } from '../model/standard-schema.ts'
import { withoutControls } from '../policy/describe-value.ts'

const LONGEST_TEXT = 1_000

/** A checked value, or where and why it does not fit. */
export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly path: string; readonly message: string }

/** Checks a value; without a schema anything fits. Waits only for schemas that are asynchronous. Throws what the schema throws. */
export function check(schema: StandardSchemaV1 | undefined, value: unknown, root: string): Checked | Promise<Checked> {
  if (schema === undefined) return { ok: true, value }
  const verdict = validate(schema, value)
  return isThenable(verdict) ? verdict.then((settled) => read(settled, root)) : read(verdict, root)
}

/** Checks what a script made. A schema that throws for it, as one that recurses does for a value that is deep, refuses it. */
export async function checkResult(schema: StandardSchemaV1 | undefined, value: unknown): Promise<Checked> {
  try {
    return await check(schema, value, 'value')
  } catch {
    return { ok: false, path: 'value', message: 'the schema cannot check it' }
  }
}

function read(verdict: Verdict, root: string): Checked {
  if (verdict.ok) return verdict
  if (verdict.issue === undefined) throw verdict.thrown
  const { path, message } = verdict.issue
  return { ok: false, path: shorten(`${root}${path.map(step).join('')}`), message: shorten(message) }
}

/** Schemas repeat what they refuse, and names of fields may be as long as a result, and written to fool whoever reads them. */
function shorten(text: string): string {
  return withoutControls(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text)
}

function step(key: string | number): string {
  return typeof key === 'number' ? `[${key}]` : `.${key}`
}
