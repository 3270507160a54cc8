// Where a script really runs: what policy decides for it, met with what the host wants and with what there is on this machine.
import { engineError } from '../errors/engine-error.ts'
import type { PolicyPlacement, PolicyRuntime } from './policy-revision.ts'
import type { EffectivePolicy } from './resolve.ts'

/** Every placement: a policy cannot choose `inline`, a host can. */
export type HomePlacement = PolicyPlacement | 'inline'

/** What the host and its machine add to a policy. */
export interface HostTerms {
  /** Stands in for `thread`. Where policy says `process`, that holds; and V8 always has processes of its own. */
  readonly placement: HomePlacement
  /** Why scripts cannot run on V8 here, and what to do, as sentences; undefined where they can. */
  readonly v8Fault: () => string | undefined
}

/** A combination of runtime and placement. Scripts with the same home share runners. */
export interface ScriptHome {
  /** `quickjs-thread`, `v8-process`, `v8-process-jitless`: one name for one combination. */
  readonly name: string
  readonly runtime: PolicyRuntime
  readonly placement: HomePlacement
  /** Whether V8 may compile to machine code; true for QuickJS, which never does. */
  readonly jit: boolean
}

/** A home, and what its script's author should know of it. */
export interface FoundHome {
  readonly home: ScriptHome
  /** Why the script is not on the runtime that policy chooses; undefined where it is. */
  readonly fellBack: string | undefined
}

/** Finds the home of a script. Throws `V8_UNAVAILABLE`, and `POLICY_INVALID` where the entries that meet in the script contradict each other. */
export function findHome(policy: EffectivePolicy, host: HostTerms): FoundHome {
  const { runtime, placement, fallback, jit, fault } = policy
  if (fault !== undefined) throw fault
  const v8Fault = runtime === 'v8' ? host.v8Fault() : undefined
  if (runtime === 'v8' && v8Fault === undefined) return { home: homeOf(runtime, 'process', jit), fellBack: undefined }
  if (v8Fault !== undefined && fallback === 'none') throw engineError('V8_UNAVAILABLE', [v8Fault])
  return { home: homeOf('quickjs', placement === 'process' ? placement : host.placement, true), fellBack: v8Fault }
}

function homeOf(runtime: PolicyRuntime, placement: HomePlacement, jit: boolean): ScriptHome {
  return Object.freeze({ name: `${runtime}-${placement}${jit ? '' : '-jitless'}`, runtime, placement, jit })
}
