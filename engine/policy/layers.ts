// The entries of a policy that hold for one script, from the weakest to the strongest, and the one rule of precedence: the last that says something wins.
import type { ScriptId } from '../model/script.ts'
import type { PolicyPath } from './policy-path.ts'
import type { PolicyRevision, PolicySettings } from './policy-revision.ts'
import { compileGlob } from './script-glob.ts'

/** Settings, and the path of the entry that they are written in. */
export interface Layer {
  readonly settings: PolicySettings
  readonly path: PolicyPath
}

/** A value and the layer that decided it; without a layer it is built in. */
export interface Decided<T> {
  readonly value: T
  readonly layer: Layer | undefined
}

interface CompiledEntry {
  readonly isMatch: (script: ScriptId) => boolean
  readonly layer: Layer
}

/** Compiled once per revision, for as long as it is in force. */
const compiled = new WeakMap<PolicyRevision, readonly CompiledEntry[]>()

/** The layers for a script: the policy's defaults, then each entry that matches it, in the order of the file. */
export function layersFor(revision: PolicyRevision, script: ScriptId): readonly Layer[] {
  const matching = compiledEntries(revision).filter(({ isMatch }) => isMatch(script))
  return [{ settings: revision.defaults, path: ['defaults'] }, ...matching.map(({ layer }) => layer)]
}

/** The last layer's word, or the built-in one where no layer says anything. */
export function decide<T>(layers: readonly Layer[], pick: (settings: PolicySettings) => T | undefined, builtIn: T): Decided<T> {
  let decided: Decided<T> = { value: builtIn, layer: undefined }
  for (const layer of layers) {
    const value = pick(layer.settings)
    if (value !== undefined) decided = { value, layer }
  }
  return decided
}

function compiledEntries(revision: PolicyRevision): readonly CompiledEntry[] {
  const known = compiled.get(revision)
  if (known !== undefined) return known
  const entries = revision.scripts.map(({ glob, settings }) => ({
    isMatch: compileGlob(glob),
    layer: { settings, path: ['scripts', glob] },
  }))
  compiled.set(revision, entries)
  return entries
}
