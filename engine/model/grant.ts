// What policy lets a script have: needs ∩ policy.
import type { Json } from './json.ts'

/** What one binding may do for a script: the value that its handlers get as `call.grant`. `true` where policy sets no detail. */
export type BindingGrant = Json

/** Binding name → what was granted. A binding that is not a key here was not granted. */
export type Grant = { readonly [binding: string]: BindingGrant }

/** The part of a grant that is frozen into an image: which namespaces and methods `ctx` carries, and whether `ctx.log` writes. */
export interface GrantShape {
  readonly bindings: { readonly [binding: string]: readonly string[] }
  readonly log: boolean
}
