// Which bindings the reference shows: all that come with vivarium, those that need the application's configuration with names that stand for its own.
import { standardBindings } from '../../bindings/index.ts'
import { makeReference } from './reference.ts'

/** The text of docs/reference.md, from the pages below docs/. */
export function referenceOf(page: (path: string) => string): string {
  const bindings = standardBindings({ kv: ':memory:', files: { data: './data' }, secrets: { HOOK_TOKEN: 'stands for a secret' } })
  return makeReference({ bindings, page })
}
