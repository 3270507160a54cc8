// What scripts can be granted, as far as the command line knows.
import { standardBindings } from '../bindings/index.ts'
import type { BindingSurface } from '../engine/model/host-call.ts'
import { closeBindings } from './close-bindings.ts'
import { type HostPlaces, loadHost } from './host-module.ts'
import { readTerms } from './host-terms.ts'

/** By the bindings that come with vivarium: for a directory that there is not yet. Opens no store. */
export async function standardSurfaces(): Promise<readonly BindingSurface[]> {
  const { terms } = await readTerms(undefined, {}, false)
  return standardBindings(terms).map(({ surface }) => surface)
}

/** By the bindings of the application, where it has a host module, with the folders and secrets that the policy names. Throws a `UsageError` for the module. */
export async function surfacesOf(places: HostPlaces): Promise<readonly BindingSurface[]> {
  const { bindings } = await loadHost(places)
  await closeBindings(bindings)
  return bindings.map(({ surface }) => surface)
}
