// The zod schema of a policy, made for the bindings that an engine has. Parsing turns quantities into numbers and asks each binding's surface about `allow`.
import { z } from 'zod'
import type { BindingSurface } from '../model/host-call.ts'
import type { Json } from '../model/json.ts'
import { LIMIT_NAMES, type LimitName } from '../model/limits.ts'
import { OVERLAP_MODES } from '../model/manifest.ts'
import { describeValue, quoteText } from './describe-value.ts'
import { readCeiling, readLimit } from './limit-value.ts'
import { packageFault } from './package-name.ts'
import { FALLBACKS, ISOLATIONS, ON_ERRORS, PLACEMENTS, RUNTIMES, TYPE_CHECKS } from './policy-revision.ts'
import { scheduleSchema } from './schedule-grant.ts'
import type { QuantityReading } from './units.ts'

/** The most runs of one script at once that a policy can ask for. */
export const MAX_CONCURRENCY = 10_000
/** The most runs of one script that a policy can let wait. */
export const MAX_QUEUE = 10_000
const MAX_PACKAGES = 1_000

/** Which schema reads which limit: the JSON Schema is made from it. */
export const limitSchemas = z.registry<{ readonly limit: LimitName }>()

/** What a limit's issue carries under `params`, so that it becomes a `LIMIT_INVALID`. */
export interface LimitIssue {
  readonly got: string
  readonly expected: string
}

/** Makes the schema. Unknown keys are issues; messages are the end of a sentence that begins with the path. */
export function policySchema(surfaces: readonly BindingSurface[]) {
  const settings = settingsSchema(surfaces)
  const shape = {
    version: z
      .literal(1, {
        error: ({ input }) =>
          input === undefined
            ? 'is missing; write "version: 1" as the first line'
            : `must be 1, the one version of the format, not ${describeValue(input)}`,
      })
      .meta({ description: 'The version of the policy format: 1.' }),
    ceilings: mapping(limitShape(readCeiling)).optional().meta({ description: 'The most that any setting or call can raise a limit to.' }),
    defaults: settings.optional().meta({ description: 'What holds for every script.' }),
    scripts: z
      .record(z.string(), settings, { error: ({ input }) => mappingFault(input) })
      .optional()
      .meta({ description: 'Globs over script ids and what holds for the scripts that match, in order: a later entry wins.' }),
  }
  return mapping(shape, 'write "version: 1" as its first line, and below it what scripts may do')
}

function settingsSchema(surfaces: readonly BindingSurface[]) {
  return mapping({
    runtime: choice(RUNTIMES, 'The JavaScript engine that scripts run in.'),
    placement: choice(
      PLACEMENTS,
      'Where scripts run: in worker threads, or in child processes (the default for v8, and the only place for it).',
      inlineFault,
    ),
    fallback: choice(
      FALLBACKS,
      'What becomes of a script whose runtime is not available here: it runs on quickjs, with a warning, or not at all (none, the default).',
    ),
    jit: z
      .boolean({ error: ({ input }) => `must be true or false, not ${describeValue(input)}` })
      .optional()
      .meta({
        description:
          'Whether V8 may compile to machine code (true, the default); false is slower and harder to attack. QuickJS never does.',
      }),
    isolation: choice(ISOLATIONS, 'A new sandbox for each event, or one that keeps module state between events.'),
    limits: mapping(limitShape(readLimit)).optional().meta({ description: 'Caps on one run.' }),
    concurrency: mapping({
      max: count(1, MAX_CONCURRENCY, 'The most runs at once; 64 by default.'),
      mode: choice(
        OVERLAP_MODES,
        'What becomes of a run while another one of the same script and tenant is under way: it is left out (single), takes its place (restart), waits (queued), or runs beside it (parallel, the default). A script may choose another mode, but not parallel where this says something else.',
      ),
      queue: count(0, MAX_QUEUE, 'The most runs that wait; 1,000 by default.'),
    })
      .optional()
      .meta({ description: 'How many runs of one script may be under way, and how they meet.' }),
    allow: mapping(allowShape(surfaces)).optional().meta({ description: 'Binding → what scripts may do with it; false takes it away.' }),
    packages: packageList(),
    onError: choice(ON_ERRORS, 'What a failing script does to a filter chain: it is skipped, or it stops the chain.'),
    typeCheck: choice(
      TYPE_CHECKS,
      'What becomes of a script whose types do not fit: it loads (off, the default), it loads with a warning, or it does not load (enforce).',
    ),
  })
}

function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, whenEmpty?: string) {
  return z.strictObject(shape, { error: ({ input }) => mappingFault(input, whenEmpty) })
}

function mappingFault(input: unknown, whenEmpty = 'put something under it, or remove it'): string {
  return input === null ? `is empty; ${whenEmpty}` : `must be a mapping, not ${describeValue(input)}`
}

function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  description: string,
  special?: (input: unknown) => string | undefined,
) {
  const list = words.map((word) => `"${word}"`).join(' or ')
  return z
    .enum(words, { error: ({ input }) => special?.(input) ?? `must be ${list}, not ${describeValue(input)}` })
    .optional()
    .meta({ description })
}

function inlineFault(input: unknown): string | undefined {
  if (input !== 'inline') return undefined
  return `cannot be "inline": nothing contains a script there, so only the host's own option can choose it, createEngine({ placement: 'inline' }); write "thread" or "process"`
}

type LimitShape = { [name in LimitName]: z.ZodOptional<z.ZodType<number>> }

function limitShape(read: (name: LimitName, written: unknown) => QuantityReading): LimitShape {
  return Object.fromEntries(LIMIT_NAMES.map((name) => [name, limitSchema(name, read).optional()])) as LimitShape
}

function limitSchema(name: LimitName, read: (name: LimitName, written: unknown) => QuantityReading): z.ZodType<number> {
  return z
    .unknown()
    .transform((written, context) => {
      const reading = read(name, written)
      if (reading.ok) return reading.value
      const params: LimitIssue = { got: reading.got, expected: reading.expected }
      context.issues.push({ code: 'custom', message: reading.expected, input: written, params: { limit: params } })
      return z.NEVER
    })
    .register(limitSchemas, { limit: name })
}

function count(least: number, most: number, description: string) {
  const expected = `must be a whole number from ${least} to ${most}`
  const error = ({ input }: { readonly input?: unknown }): string => `${expected}, not ${describeValue(input)}`
  return z.int({ error }).min(least, { error }).max(most, { error }).optional().meta({ description })
}

function packageList() {
  const name = z
    .string({ error: ({ input }) => `must be the name of an npm package, not ${describeValue(input)}` })
    .superRefine((written, context) => {
      const fault = packageFault(written)
      if (fault !== undefined) context.addIssue({ code: 'custom', message: `${quoteText(written)} ${fault}` })
    })
  return z
    .array(name, { error: ({ input }) => `must be a list of npm packages, not ${describeValue(input)}` })
    .max(MAX_PACKAGES, { error: `has more than ${MAX_PACKAGES} packages` })
    .optional()
    .meta({ description: 'npm packages that scripts may import; a later list replaces an earlier one.' })
}

function allowShape(surfaces: readonly BindingSurface[]): AllowShape {
  const log = z.boolean({ error: ({ input }) => `must be true or false, not ${describeValue(input)}` })
  return {
    ...Object.fromEntries(
      surfaces.map((surface) => [surface.name, allowValue(surface).optional().meta({ description: surface.description })]),
    ),
    log: log.optional().meta({ description: 'Whether ctx.log writes.' }),
    schedule: scheduleSchema().optional().meta({
      description:
        'Whether the schedules of scripts run (true, the default): { least: the least time between two ticks, 1s by default; max: the most schedules of a script, 20; timeZone: where a script names none, UTC }.',
    }),
  }
}

/** Under `params` of an issue that is about a key. */
export const OF_KEY = Object.freeze({ part: 'key' })

interface AllowShape {
  [binding: string]: z.ZodOptional<z.ZodType<Json>>
}

function allowValue(surface: BindingSurface): z.ZodType<Json> {
  return z.unknown().transform((written, context) => {
    if (written === false) return false
    if (written === null) {
      context.issues.push({ code: 'custom', message: 'is empty; write true to allow it, or false to take it away', input: written })
      return z.NEVER
    }
    const read = askSurface(surface, written)
    if (read.ok) return read.value
    for (const { message, path, isKey } of [read, ...(read.others ?? [])])
      context.issues.push({ code: 'custom', message, input: written, path: [...path], params: isKey === true ? OF_KEY : {} })
    return z.NEVER
  })
}

/** A surface is the host's code: what it throws is a problem of the policy like any other, so that a reload survives it. */
function askSurface(surface: BindingSurface, written: unknown): ReturnType<BindingSurface['readAllow']> {
  try {
    return surface.readAllow(written)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, message: `could not be checked by its binding: ${why}`, path: [] }
  }
}
