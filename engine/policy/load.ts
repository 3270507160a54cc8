// From what was written to a revision: read as data, held against the schema, frozen. Every problem is found at once; the error carries the first.
import { EngineError, engineError } from '../errors/engine-error.ts'
import type { BindingSurface } from '../model/host-call.ts'
import type { Json } from '../model/json.ts'
import { quoteText } from './describe-value.ts'
import { readObjectSource } from './object-source.ts'
import { formatPath, type PolicyPath } from './policy-path.ts'
import type { PolicyRevision, PolicySettings, ScriptSettings } from './policy-revision.ts'
import type { PolicySource, UnreadableSource } from './policy-source.ts'
import { type Problem, problemError } from './problem.ts'
import { policySchema } from './schema.ts'
import { schemaProblems } from './schema-problems.ts'
import { globFault } from './script-glob.ts'
import { v8PlacementProblems } from './v8-placement.ts'
import { readYamlSource } from './yaml-source.ts'

/** Policy text, and the file that it is from as its admin knows it. */
export interface PolicyText {
  readonly text: string
  readonly file: string
  /** The number of the revision that it becomes; 1 where nothing is said. */
  readonly revision?: number
}

/** A valid policy, or everything that is wrong with it in the order of the file (at least one error). */
export type PolicyReading =
  | { readonly ok: true; readonly revision: PolicyRevision }
  | { readonly ok: false; readonly errors: readonly EngineError[] }

/** The most errors that one reading reports. */
const MAX_ERRORS = 20

/**
 * Reads policy text for an engine with these bindings.
 * Throws `POLICY_SYNTAX`, `POLICY_INVALID` or `LIMIT_INVALID` with place and code frame for the first problem; its hint lists the others.
 *
 * @example
 * loadPolicy({ text: 'version: 1\ndefaults: { limits: { cpu: 200ms } }', file: 'policy.yaml' }, [])
 */
export function loadPolicy(policy: PolicyText, surfaces: readonly BindingSurface[]): PolicyRevision {
  return revisionOrThrow(readPolicy(policy, surfaces))
}

/** Reads a policy that the host passes as a parsed object. Throws `POLICY_INVALID` or `LIMIT_INVALID`, without a place. */
export function policyFromObject(value: unknown, surfaces: readonly BindingSurface[]): PolicyRevision {
  return revisionOrThrow(readSource(readObjectSource(value), surfaces, 1))
}

/** Reads policy text without throwing: for those who show every problem. */
export function readPolicy({ text, file, revision = 1 }: PolicyText, surfaces: readonly BindingSurface[]): PolicyReading {
  return readSource(readYamlSource(text, file), surfaces, revision)
}

function revisionOrThrow(reading: PolicyReading): PolicyRevision {
  if (reading.ok) return reading.revision
  throw summarise(reading.errors)
}

/** The first error, with the others as its hint. */
function summarise([first, ...others]: readonly EngineError[]): EngineError {
  if (first === undefined) return engineError('POLICY_INVALID', [formatPath([]), 'does not fit the schema'])
  if (others.length === 0) return first
  const lines = others.map(({ place, message }) => `- ${place === undefined ? '' : `line ${place.line}: `}${message}`)
  const hint = `${others.length} more ${others.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`
  return new EngineError(first.code, first.message, first.place === undefined ? { hint } : { place: first.place, hint })
}

function readSource(source: PolicySource | UnreadableSource, surfaces: readonly BindingSurface[], revision: number): PolicyReading {
  if (!source.ok) return { ok: false, errors: source.errors }
  const parsed = policySchema(surfaces).safeParse(source.value)
  const bindings = [...new Set([...surfaces.map(({ name }) => name), 'log'])]
  const found = parsed.success ? [] : schemaProblems(parsed.error.issues, bindings)
  const problems = [...source.problems, ...found, ...v8PlacementProblems(source.value), ...globProblems(source.value)]
  if (!parsed.success || problems.length > 0) return { ok: false, errors: toErrors(problems, source) }
  const { ceilings = {}, defaults = {}, scripts = {} } = parsed.data
  const offset = (path: PolicyPath): number => source.place(path, 'key')?.offset ?? 0
  // Objects list integer-like keys first, the file may not.
  const globs = Object.keys(scripts).sort((a, b) => offset(['scripts', a]) - offset(['scripts', b]))
  const entries = globs.map((glob): ScriptSettings => Object.freeze({ glob, settings: freezeSettings(scripts[glob] ?? {}) }))
  const content = { ceilings: Object.freeze(ceilings), defaults: freezeSettings(defaults), scripts: Object.freeze(entries) }
  return {
    ok: true,
    revision: Object.freeze({
      revision,
      hash: source.hash,
      source: source.name,
      ...content,
      lines: linesOf(source),
      placeOf: (path: PolicyPath) => source.place(path, 'value')?.toErrorPlace(),
    }),
  }
}

function globProblems(value: unknown): Problem[] {
  return keysOf(value, ['scripts']).flatMap((glob) => {
    const fault = globFault(glob)
    return fault === undefined
      ? []
      : [{ kind: 'invalid', path: ['scripts', glob], part: 'key', message: `the glob ${quoteText(glob)} ${fault}` } satisfies Problem]
  })
}

/** In the order of the file, so that the first is the one that its reader meets first. */
function toErrors(problems: readonly Problem[], source: PolicySource): EngineError[] {
  return problems
    .map((problem) => ({ problem, place: source.place(problem.path, problem.part) }))
    .sort((a, b) => (a.place?.offset ?? 0) - (b.place?.offset ?? 0))
    .slice(0, MAX_ERRORS)
    .map(({ problem, place }) => problemError(problem, place?.toErrorPlace()))
}

/** Settings as the schema gives them back. */
type ParsedSettings = Omit<PolicySettings, 'allow'> & { readonly allow?: { readonly [binding: string]: Json | undefined } | undefined }

function freezeSettings(settings: ParsedSettings): PolicySettings {
  const { limits, concurrency, allow, packages, ...choices } = settings
  const allowed: { [binding: string]: Json } = Object.create(null)
  for (const [binding, value] of Object.entries(allow ?? {})) if (value !== undefined) allowed[binding] = frozenJson(value)
  return Object.freeze({
    ...choices,
    ...(limits && { limits: Object.freeze(limits) }),
    ...(concurrency && { concurrency: Object.freeze(concurrency) }),
    ...(allow && { allow: Object.freeze(allowed) }),
    ...(packages && { packages: Object.freeze([...new Set(packages)]) }),
  })
}

/** A frozen copy: what a surface returned stays its own. */
function frozenJson(value: Json): Json {
  return freezeDeeply(JSON.parse(JSON.stringify(value)) as Json)
}

function freezeDeeply(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) freezeDeeply(inner)
  return Object.freeze(value)
}

/** The line of every setting that the source sets. */
function linesOf(source: PolicySource): PolicyRevision['lines'] {
  const lines: { [path: string]: number } = Object.create(null)
  const blocks: PolicyPath[] = [['defaults'], ...keysOf(source.value, ['scripts']).map((glob) => ['scripts', glob])]
  const sections = blocks.flatMap((block) => [block, [...block, 'limits'], [...block, 'concurrency'], [...block, 'allow']])
  for (const section of [['ceilings'], ['scripts'], ...sections]) {
    for (const key of keysOf(source.value, section)) {
      const place = source.place([...section, key], 'key')
      if (place !== undefined) lines[formatPath([...section, key])] = place.line
    }
  }
  return Object.freeze(lines)
}

/** The keys of the mapping at a path; none where there is no mapping. */
function keysOf(value: unknown, path: PolicyPath): string[] {
  const found = path.reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), value)
  return isMapping(found) ? Object.keys(found) : []
}

function isMapping(value: unknown): value is { readonly [key: PropertyKey]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
