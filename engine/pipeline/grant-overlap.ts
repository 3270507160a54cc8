// How the runs of a script meet: what it chooses, within what policy allows.
import type { Overlap, OverlapMode } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'

/** What policy says: the mode of scripts that choose none, the most runs at once, the most that wait. */
export interface AllowedOverlap {
  readonly mode: OverlapMode
  readonly max: number
  readonly queue: number
}

/** What is in force. */
export interface GrantedOverlap {
  readonly mode: OverlapMode
  /** Runs at once, whatever tenant they are for. */
  readonly atOnce: number
  /** Runs that wait: of one tenant with `queued`, of all with `parallel`. */
  readonly waiting: number
}

/** Meets a script's choice with policy: it may choose what runs less at once, and a lower `max`. Pure; never throws. */
export function grantOverlap(
  script: ScriptId,
  chosen: Overlap | undefined,
  allowed: AllowedOverlap,
): { readonly overlap: GrantedOverlap; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const isTooMuch = chosen?.mode === 'parallel' && allowed.mode !== 'parallel'
  if (isTooMuch)
    warnings.push(`"${script}" asks for the mode "parallel"; the policy's "concurrency.mode" grants "${allowed.mode}" to scripts like it.`)
  const mode = chosen === undefined || isTooMuch ? allowed.mode : chosen.mode
  const max = chosen === undefined || isTooMuch ? undefined : chosen.max
  const most = mode === 'parallel' ? allowed.max : allowed.queue
  if (max !== undefined && max > most)
    warnings.push(
      `"${script}" asks for a "max" of ${max}; the policy's "concurrency.${mode === 'parallel' ? 'max' : 'queue'}" grants ${most}.`,
    )
  const granted = Math.min(max ?? most, most)
  return {
    overlap: { mode, atOnce: mode === 'parallel' ? granted : allowed.max, waiting: mode === 'queued' ? granted : allowed.queue },
    warnings,
  }
}
