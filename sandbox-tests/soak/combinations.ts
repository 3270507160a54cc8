// The combinations of runtime and placement that are soaked, and the policy of each.
import type { Choices } from './choices.ts'

/** In the order in which they are soaked. */
export const COMBINATIONS = ['quickjs-inline', 'quickjs-thread', 'quickjs-process', 'v8-process'] as const

/** A combination by its name. */
export type Combination = (typeof COMBINATIONS)[number]

/** What a policy says differently from time to time. */
export interface PolicyVariant {
  readonly isFlipScript: boolean
  readonly isFickleGranted: boolean
  readonly isHostileScript: boolean
  /** Whether one script runs in a pool of its own, on another combination. */
  readonly isMoved: boolean
  readonly concurrency: number
}

/** The variant that a soak begins with. */
export const FIRST_VARIANT: PolicyVariant = Object.freeze({
  isFlipScript: false,
  isFickleGranted: true,
  isHostileScript: false,
  isMoved: false,
  concurrency: 8,
})

/** Where the script that moves goes to; on the host's own thread it stays. */
const AWAY: { readonly [combination in Combination]: object } = {
  'quickjs-inline': {},
  'quickjs-thread': { placement: 'process' },
  'quickjs-process': { placement: 'thread' },
  'v8-process': { runtime: 'quickjs', placement: 'thread' },
}

/** Whether runners of a combination can be ended, and so whether hostile scripts belong in it. */
export function isWalled(combination: Combination): boolean {
  return combination !== 'quickjs-inline'
}

/** What the host says of the placement. */
export function hostPlacement(combination: Combination): 'inline' | 'thread' {
  return combination === 'quickjs-inline' ? 'inline' : 'thread'
}

/** Another variant. */
export function chooseVariant(choices: Choices): PolicyVariant {
  return {
    isFlipScript: choices.isTrue(0.5),
    isFickleGranted: choices.isTrue(0.7),
    isHostileScript: choices.isTrue(0.3),
    isMoved: choices.isTrue(0.3),
    concurrency: choices.pick([2, 8, 32]),
  }
}

/** The text of a policy file. Normal scripts have patience with a busy machine, hostile ones do not get much. */
export function policyText(combination: Combination, variant: PolicyVariant): string {
  const { isFlipScript, isFickleGranted, isHostileScript, isMoved, concurrency } = variant
  const policy = {
    version: 1,
    defaults: {
      ...homeOf(combination),
      limits: { cpu: '2s', wall: '60s', loadCpu: '5s', output: '1MiB' },
      concurrency: { max: concurrency },
      allow: { log: true, echo: true, kv: true },
    },
    scripts: {
      'kept-*': { isolation: 'script' },
      flip: { isolation: isFlipScript ? 'script' : 'event' },
      fickle: { allow: { kv: isFickleGranted } },
      ...(isMoved && { 'plain-2': AWAY[combination] }),
      'hostile/**': {
        isolation: isHostileScript ? 'script' : 'event',
        limits: { cpu: '50ms', wall: '2s', memory: '16MiB', output: '256KiB' },
        allow: { kv: false },
      },
      'top-level': { limits: { loadCpu: '100ms' } },
    },
  }
  return JSON.stringify(policy, undefined, 2) // JSON is YAML
}

function homeOf(combination: Combination): { readonly runtime: string; readonly placement?: string } {
  if (combination === 'quickjs-inline') return { runtime: 'quickjs' } // the host's option says where
  const [runtime = '', placement = ''] = combination.split('-')
  return { runtime, placement }
}
