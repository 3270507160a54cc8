// What may be written, for schemas that accept anything first and bring it into one form before they judge: types, JSON Schemas and the reference are made from it.
import { z } from 'zod'

/**
 * A schema that accepts everything and describes itself as `form`: the first part of a pipe whose later parts say what is wrong, and say it better than a union of all
 * short and long forms could. `form` itself never judges anything.
 */
export function writtenAs(form: z.ZodType): z.ZodUnknown {
  const { $schema: _, default: __, ...description } = z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' })
  return z.unknown().meta(description)
}
