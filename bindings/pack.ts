// A pack of bindings: what an npm package or a file of the host brings along, with a name, a version and the versions of vivarium that it fits.
import { engineError } from '../engine/errors/engine-error.ts'
import type { Binding } from './binding.ts'

/** What a pack is told where it is set up. */
export interface PackSetup<Options = unknown> {
  /** What the host wrote beside the pack's name; undefined where it wrote nothing. To be checked by the pack: it is not validated. */
  readonly options: Options
  /** Absolute path of the directory that the host's relative paths are meant from. */
  readonly directory: string
}

/** What a pack is. */
export interface BindingPackDefinition<Options = unknown> {
  /** As in its package.json. */
  readonly name: string
  /** Its own version, as in its package.json. */
  readonly version: string
  /** A range of versions of `vivarium` that it was made for, as npm writes ranges: `^0.1.0`. */
  readonly vivarium: string
  /** Makes the bindings, once for each engine. What it throws, `createEngine` rejects with, as `PACK_FAILED`. The engine closes what it returns. */
  readonly setup: (setup: PackSetup<Options>) => readonly Binding[] | Promise<readonly Binding[]>
}

const MARK = Symbol.for('vivarium.binding-pack')

/** A pack as a host loads it. Made by {@link defineBindingPack}. */
export interface BindingPack extends BindingPackDefinition {
  /** Packs are recognised across copies of this package, so that the refusal of one that does not fit is about versions, not about identity. */
  readonly [MARK]: true
}

/**
 * Defines a pack of bindings: the default export of an npm package or of a file that `createEngine({ packs })` names. Throws `PACK_INVALID`.
 *
 * @example
 * export default defineBindingPack({
 *   name: 'vivarium-mail', version: '1.0.0', vivarium: '^0.1.0',
 *   setup: ({ options }) => [defineBinding('mail', { … })],
 * })
 */
export function defineBindingPack<Options = unknown>(definition: BindingPackDefinition<Options>): BindingPack {
  const { name, version, vivarium, setup } = definition ?? {}
  const shown = typeof name === 'string' && name !== '' ? name : '(without a name)'
  const lacks = (what: string) => engineError('PACK_INVALID', [shown, `has no ${what}`])
  if (shown !== name) throw lacks('name')
  if (typeof version !== 'string') throw lacks('version, a string such as "1.0.0"')
  if (typeof vivarium !== 'string') throw lacks('"vivarium", the range of versions that it fits, such as "^0.1.0"')
  if (typeof setup !== 'function') throw lacks('setup function')
  // The options are what the host writes: only the pack knows their type.
  return Object.freeze({ name, version, vivarium, setup: setup as BindingPackDefinition['setup'], [MARK]: true as const })
}

/** Whether a value is a pack, of this or another copy of this package. */
export function isBindingPack(value: unknown): value is BindingPack {
  return typeof value === 'object' && value !== null && (value as { readonly [MARK]?: unknown })[MARK] === true
}
