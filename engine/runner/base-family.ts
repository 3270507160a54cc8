// Runners that can exchange images: those of one version, whose bases are alike.
import { engineError } from '../errors/engine-error.ts'
import { type HelloMessage, PROTOCOL_VERSION } from './protocol.ts'

/** The base that the runners of an engine have in common: the first hello says which. Only then can they exchange images. */
export interface BaseFamily {
  baseHash: string | undefined
}

/** Why a runner that says this cannot serve with the others; the first one decides. Undefined when it can. */
export function mismatchOf({ version, baseHash }: HelloMessage, family: BaseFamily): Error | undefined {
  if (version !== PROTOCOL_VERSION) return engineError('RUNNER_MISMATCH', [String(PROTOCOL_VERSION), String(version)])
  family.baseHash ??= baseHash
  return family.baseHash === baseHash ? undefined : engineError('RUNNER_BASE_MISMATCH', [family.baseHash, baseHash])
}
