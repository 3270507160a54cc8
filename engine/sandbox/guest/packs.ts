// The packs of lazy globals, as text: each is one self-contained function of the kit and the table that it fills.
import { inspectPack } from './packs/inspect.ts'

const PACKS: Readonly<Record<string, string>> = Object.freeze({ __proto__: null as never, inspect: `(${inspectPack})` })

/** The source of a pack: an expression that evaluates to its function. */
export function packSource(name: string): string | undefined {
  return PACKS[name]
}
