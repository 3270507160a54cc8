// The bindings that the command line knows: those that come with vivarium. An application's own are known to that application only.
import { standardBindings } from '../bindings/index.ts'
import type { BindingSurface } from '../engine/model/host-call.ts'
import { IN_MEMORY } from './host-terms.ts'

/** What policies are read with. Opens no store. */
export function standardSurfaces(): readonly BindingSurface[] {
  return standardBindings({ kv: IN_MEMORY }).map(({ surface }) => surface)
}
