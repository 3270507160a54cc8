// The values of secrets: who may have which is decided elsewhere. Knows how to take every value that it gave out, or could, out of a text.
import { engineError } from '../engine/errors/engine-error.ts'
import type { ScriptId } from '../engine/model/script.ts'
import { HostFunctionError } from './host-function-error.ts'
import { SecretPatterns } from './secret-patterns.ts'

/** Shorter ones would be found in every other word. */
const SHORTEST = 3
/** Values that functions gave; the oldest are forgotten, and seen from then on. */
const MOST_LEARNED = 500

/** Whose secret is asked for. */
export interface SecretOwner {
  readonly script: ScriptId
  readonly tenant: string | undefined
}

/** A value of at least 3 characters; or a function that finds it, for secrets that differ by tenant or change: undefined where there is none. */
export type SecretSource = string | ((owner: SecretOwner) => string | undefined | Promise<string | undefined>)

/** Secrets by name. A name begins with a letter; letters, digits, `_`, `-` and `.` follow, 64 in all at most. */
export type Secrets = { readonly [name: string]: SecretSource }

/** How secrets are named. */
export const SECRET_NAME = /^[A-Za-z][\w.-]{0,63}$/

/** See the head of the file. Shared by the bindings of one engine that use secrets. */
export class SecretStore {
  readonly #sources: ReadonlyMap<string, SecretSource>
  readonly #patterns = new SecretPatterns()
  /** What functions gave, in the order of learning. */
  readonly #learned = new Map<string, { readonly name: string; readonly value: string }>()

  /** Throws `OPTIONS_INVALID`. */
  constructor(secrets: Secrets) {
    if (typeof secrets !== 'object' || secrets === null)
      throw engineError('OPTIONS_INVALID', ['Secrets must be an object of values by name, such as { HOOK_TOKEN: process.env.HOOK_TOKEN }.'])
    this.#sources = new Map(Object.entries(secrets))
    for (const [name, source] of this.#sources) {
      checkSource(name, source)
      if (typeof source === 'string') this.#patterns.add(name, source)
    }
  }

  /** Every name. */
  get names(): readonly string[] {
    return [...this.#sources.keys()]
  }

  has(name: string): boolean {
    return this.#sources.has(name)
  }

  /** The value of a secret. Whoever asks has made sure that the script was granted it. Throws `SECRET_UNAVAILABLE`. */
  async reveal(name: string, owner: SecretOwner): Promise<string> {
    const source = this.#sources.get(name)
    if (source === undefined) throw HostFunctionError.of('SECRET_UNAVAILABLE', name)
    if (typeof source === 'string') return source
    const value = await ask(name, source, owner)
    if (typeof value !== 'string' || value.length < SHORTEST) throw HostFunctionError.of('SECRET_UNAVAILABLE', name)
    this.#learn(name, value)
    return value
  }

  /** Finds the values of some secrets, also those that their functions gave and will give; the caller may add to it. */
  patternsOf(names: Iterable<string>): SecretPatterns {
    return new SecretPatterns(this.#patterns, names)
  }

  /** Puts `[secret NAME]` in the place of each value in a text, also where it is written as Base64, hex, JSON or in a URL. */
  readonly redact = (text: string): string => this.#patterns.redact(text)

  #learn(name: string, value: string): void {
    const key = `${name} ${value}`
    const isNew = !this.#learned.delete(key)
    this.#learned.set(key, { name, value })
    if (isNew) this.#patterns.add(name, value)
    if (this.#learned.size <= MOST_LEARNED) return
    for (const [oldest, old] of this.#learned) {
      this.#learned.delete(oldest)
      this.#patterns.remove(old.name, old.value)
      return
    }
  }
}

async function ask(name: string, source: Exclude<SecretSource, string>, { script, tenant }: SecretOwner): Promise<string | undefined> {
  try {
    return await source({ script, tenant })
  } catch (cause) {
    throw HostFunctionError.because(cause, 'SECRET_UNAVAILABLE', name)
  }
}

function checkSource(name: string, source: unknown): void {
  const refuse = (what: string) => engineError('OPTIONS_INVALID', [`The secret "${name}" ${what}`])
  if (!SECRET_NAME.test(name))
    throw refuse('cannot have this name: begin with a letter; letters, digits, "_", "-" and "." may follow, 64 in all.')
  if (typeof source === 'function') return
  if (typeof source !== 'string')
    throw refuse(`must be a text or a function that finds it, not ${source === null ? 'null' : typeof source}.`)
  if (source.length < SHORTEST) throw refuse(`is shorter than ${SHORTEST} characters: it could not be kept out of logs.`)
}
