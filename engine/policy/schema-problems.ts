// Turns what the schema found into problems in the policy's own words.
import type { z } from 'zod'
import { didYouMean } from '../errors/did-you-mean.ts'
import { LIMIT_NAMES } from '../model/limits.ts'
import { quoteText } from './describe-value.ts'
import type { PolicyPath } from './policy-path.ts'
import type { Problem } from './problem.ts'
import type { LimitIssue } from './schema.ts'

const TOP_KEYS = Object.freeze(['version', 'ceilings', 'defaults', 'scripts'])
/** The keys of one entry of settings. */
const SETTING_KEYS = Object.freeze([
  'runtime',
  'placement',
  'fallback',
  'jit',
  'isolation',
  'limits',
  'concurrency',
  'allow',
  'packages',
  'onError',
  'typeCheck',
])
/** Bindings that come with vivarium, and how a host gets each. An engine that was made without them does not have them. */
export const STANDARD_BINDINGS: { readonly [binding: string]: string } = Object.freeze({
  cache: 'standardBindings()',
  crypto: 'standardBindings()',
  events: 'standardBindings()',
  files: 'standardBindings({ files: … })',
  http: 'standardBindings()',
  kv: 'standardBindings()',
  lock: 'standardBindings()',
  script: 'standardBindings()',
  secrets: 'standardBindings({ secrets: … })',
})
/** Keys of the format that this version does not act on: accepting them would promise what does not happen. */
const LATER_KEYS = new Set(['budgets', 'concurrency.onFull'])

const NO_PARAMS: { readonly [name: string]: unknown } = Object.freeze({})

/** Makes a problem of each issue. `bindings` are the names that `allow` may have. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], bindings: readonly string[]): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], bindings))
    const { limit, part } = (issue.code === 'custom' ? issue.params : undefined) ?? NO_PARAMS
    if (isLimitIssue(limit)) return [{ kind: 'limit', path, part: 'value', got: limit.got, expected: limit.expected } satisfies Problem]
    return [{ kind: 'invalid', path, part: part === 'key' ? 'key' : 'value', message: issue.message } satisfies Problem]
  })
}

function isLimitIssue(value: unknown): value is LimitIssue {
  return typeof value === 'object' && value !== null && 'got' in value && 'expected' in value
}

function unknownKey(path: PolicyPath, bindings: readonly string[]): Problem {
  const key = String(path.at(-1))
  const section = sectionOf(path.slice(0, -1), bindings)
  const isLater = LATER_KEYS.has(section.prefix + key)
  const message = isLater
    ? 'is not known to this version of vivarium; remove it'
    : `is not ${section.noun}${elsewhere(key, section, bindings) ?? `.${didYouMean(key, section.keys) || ` Known are ${list(section.keys)}.`}`}`
  return { kind: 'invalid', path, part: 'key', message }
}

/** What is known of a word that would be right in another place, or in another engine. */
function elsewhere(key: string, { kind, keys }: Section, bindings: readonly string[]): string | undefined {
  if (kind === 'allow') {
    const call = Object.hasOwn(STANDARD_BINDINGS, key) ? STANDARD_BINDINGS[key] : undefined
    return call && `. It comes with vivarium: the host gives createEngine({ bindings: ${call} }), from "vivarium/bindings".`
  }
  if (kind === undefined) return undefined
  const place = kind === 'top' ? '"defaults", or a script under "scripts"' : undefined
  if (place !== undefined && SETTING_KEYS.includes(key)) return `: it is a setting; write it under ${place}`
  const of = place === undefined ? '' : ` of ${place}`
  if (LIMIT_NAMES.some((name) => name === key)) return `: it is a limit; write it under "limits"${of}`
  // "script" is a binding, and beside "defaults" more likely "scripts".
  const isBinding = [...bindings, 'schedule'].includes(key) && didYouMean(key, keys) === ''
  return isBinding ? `: it is a binding; write it under "allow"${of}` : undefined
}

interface Section {
  readonly noun: string
  readonly keys: readonly string[]
  /** Stands before a key when {@link LATER_KEYS} is asked. */
  readonly prefix: string
  /** Where words are written that belong somewhere else. */
  readonly kind?: 'top' | 'settings' | 'allow'
}

/** What the keys under a path are. */
function sectionOf(path: PolicyPath, bindings: readonly string[]): Section {
  if (path.length === 0) return { noun: 'a part of a policy', keys: TOP_KEYS, prefix: '', kind: 'top' }
  if (path[0] === 'ceilings') return { noun: 'a limit', keys: LIMIT_NAMES, prefix: 'ceilings.' }
  const inside = path[0] === 'scripts' ? path[2] : path[1]
  if (inside === 'limits') return { noun: 'a limit', keys: LIMIT_NAMES, prefix: 'limits.' }
  if (inside === 'concurrency') return { noun: 'a setting of concurrency', keys: ['max', 'mode', 'queue'], prefix: 'concurrency.' }
  if (inside === 'allow') return { noun: 'a binding of this engine', keys: [...bindings, 'schedule'], prefix: 'allow.', kind: 'allow' }
  return { noun: 'a setting', keys: SETTING_KEYS, prefix: '', kind: 'settings' }
}

function list(words: readonly string[]): string {
  return words.map(quoteText).join(', ')
}
