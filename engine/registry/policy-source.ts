// The policy in force, wherever it comes from: a file, an object, or nothing but the built-in defaults.
import type { EngineError } from '../errors/engine-error.ts'
import type { BindingSurface } from '../model/host-call.ts'
import type { NormalOptions } from '../options.ts'
import { policyFromObject } from '../policy/load.ts'
import { openPolicyFile, type PolicyFile } from '../policy/policy-file.ts'
import type { PolicyRevision } from '../policy/policy-revision.ts'

/** Told of later revisions. */
export interface PolicyListener {
  readonly onChange: (revision: PolicyRevision) => void
  readonly onError: (error: EngineError) => void
}

/** Throws `POLICY_*` and `LIMIT_INVALID` when what the host gave is not a valid policy. The caller closes it. */
export async function openPolicy(
  { policy, watch }: NormalOptions,
  surfaces: readonly BindingSurface[],
  listener: PolicyListener,
): Promise<PolicyFile> {
  if (typeof policy === 'string') return await openPolicyFile(policy, surfaces, { ...listener, watch })
  const current = policyFromObject(policy ?? { version: 1 }, surfaces)
  return { current, reload: async () => undefined, close: async () => undefined }
}
