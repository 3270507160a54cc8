// Whose something is that a binding keeps for scripts.
import type { BindingCall } from './binding.ts'

/** The script of a call and its tenant, as one text. Both are engine-made names, and JSON quotes them: no two owners have the same. */
export function ownerOf({ tenant, script }: Pick<BindingCall, 'tenant' | 'script'>): string {
  return JSON.stringify([tenant ?? null, script])
}
