// What policy lets a script have: needs ∩ policy.
import type { Json } from './json.ts'

/** What one binding may do for a script: the value that its handlers get as `call.grant`. `true` where policy sets no detail. */
export type BindingGrant = Json

/** Binding name → what was granted. A binding that is not a key here was not granted. */
export type Grant = { readonly [binding: string]: BindingGrant }

/** The common part of what a script asks for and what policy allows. */
export interface Narrowed {
  readonly value: BindingGrant
  /** Whether anything that was asked for is given; asking for nothing in particular is given. */
  readonly isGiven: boolean
  /** What was asked for and not given, in words for the script's author. */
  readonly lost: readonly string[]
}

/** The part of a grant that is frozen into an image: which namespaces and methods `ctx` carries, and whether `ctx.log` writes. */
export interface GrantShape {
  readonly bindings: { readonly [binding: string]: readonly string[] }
  readonly log: boolean
}
