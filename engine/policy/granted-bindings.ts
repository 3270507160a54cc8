// To whom a policy grants what, as far as the policy itself can tell: which globs name a binding.
import type { PolicyRevision } from './policy-revision.ts'

/** Stands for every script. */
const EVERYONE = '**'

/** Binding → the globs of the scripts that are granted it, `**` for all; bindings that nobody is granted are missing. */
export function grantedBindings({ defaults, scripts }: PolicyRevision): ReadonlyMap<string, readonly string[]> {
  const granted = new Map<string, readonly string[]>()
  const entries = [{ glob: EVERYONE, settings: defaults }, ...scripts]
  for (const { glob, settings } of entries) {
    for (const [binding, value] of Object.entries(settings.allow ?? {})) {
      const before = granted.get(binding) ?? []
      if (value !== false && !before.includes(EVERYONE)) granted.set(binding, [...before, glob])
    }
  }
  return granted
}
