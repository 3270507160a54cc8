// The combinations of runtime and placement that there are. Suites that hold for all of them iterate over this list, and nothing else knows it.
import type { CreateEngineOptions } from '../../engine/index.ts'
import { PATIENT, skip } from './engines.ts'

/** A runtime in a placement. */
export interface Combination {
  readonly name: 'quickjs-inline' | 'quickjs-thread' | 'quickjs-process' | 'v8-process'
  readonly runtime: 'quickjs' | 'v8'
  readonly placement: 'inline' | 'thread' | 'process'
}

/** What a row can be left out for, or come to something else on: a combination, or all that share a runtime or a placement. */
export type CombinationKey = Combination['name'] | Combination['runtime'] | Combination['placement']

/** Something for some combinations. */
export type ByCombination<T> = { readonly [key in CombinationKey]?: T }

const ALL: readonly Combination[] = [
  { name: 'quickjs-inline', runtime: 'quickjs', placement: 'inline' },
  { name: 'quickjs-thread', runtime: 'quickjs', placement: 'thread' },
  { name: 'quickjs-process', runtime: 'quickjs', placement: 'process' },
  { name: 'v8-process', runtime: 'v8', placement: 'process' },
]

/** Combinations that are not offered, each with the reason. */
const NOT_OFFERED = {
  'v8-inline': 'a script can crash or hang the process that V8 runs in, and here that is the host',
  'v8-thread': 'a script can crash the process that V8 runs in, and a thread that computes natively in V8 cannot be ended',
}

/** All of them, or those that the environment variable `COMBINATIONS` names. */
export const COMBINATIONS: readonly Combination[] = chosen(process.env['COMBINATIONS'])

/** Prints which combinations are left out, and why. */
export function tellSkippedCombinations(): void {
  for (const [name, reason] of Object.entries(NOT_OFFERED)) skip(name, reason)
  for (const { name } of ALL) if (!COMBINATIONS.some((each) => each.name === name)) skip(name, 'COMBINATIONS does not name it')
}

/** The options of an engine whose scripts all run in a combination. Its policy must be an object. */
export function inCombination({ runtime, placement }: Combination, options: CreateEngineOptions = {}): CreateEngineOptions {
  const policy = (options.policy ?? PATIENT) as { readonly defaults?: object }
  return { ...options, placement, policy: { version: 1, ...policy, defaults: { ...policy.defaults, runtime } } }
}

/** What is said for a combination: by its name before by its placement before by its runtime. */
export function ofCombination<T>(entries: ByCombination<T> | undefined, { name, placement, runtime }: Combination): T | undefined {
  return entries?.[name] ?? entries?.[placement] ?? entries?.[runtime]
}

function chosen(names: string | undefined): readonly Combination[] {
  if (names === undefined || names === '') return ALL
  const wanted = names.split(',')
  const unknown = wanted.filter((name) => !ALL.some((each) => each.name === name))
  if (unknown.length > 0)
    throw new TypeError(`COMBINATIONS: there is no ${unknown.join(', ')}; there are ${ALL.map(({ name }) => name).join(', ')}`)
  return ALL.filter(({ name }) => wanted.includes(name))
}
