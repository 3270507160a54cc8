// Scripts in memory: for tests, and for hosts that keep scripts in a database.
import { engineError } from '../errors/engine-error.ts'
import { scriptEntries } from './script-entries.ts'
import type { ScriptStore } from './script-store.ts'
import { settle } from './settle.ts'

/** A store whose files the host writes. */
export interface MemoryStore extends ScriptStore {
  /** Adds or replaces a file; watchers are told. */
  write(path: string, text: string): void
  /** Removes a file; watchers are told. */
  remove(path: string): void
}

/**
 * A store in memory. It has no directory, so npm packages cannot be imported from it.
 *
 * @example
 * const store = memoryStore({ 'greet.ts': 'export default () => "hello"' })
 */
export function memoryStore(files: { readonly [path: string]: string } = {}): MemoryStore {
  const texts = new Map(Object.entries(files))
  const watchers = new Set<(path: string) => void>()
  const tell = (path: string): void => {
    for (const add of watchers) add(path)
  }
  return {
    directory: undefined,
    list: async () => scriptEntries(texts.keys()),
    async read(path, maxBytes) {
      const text = texts.get(path)
      if (text === undefined) return undefined
      const bytes = Buffer.byteLength(text)
      if (bytes > maxBytes) throw engineError('SOURCE_TOO_LARGE', [bytes, maxBytes])
      return { path, text: text.replace(/^\uFEFF/, '') }
    },
    async watch(onChange) {
      const settled = settle(onChange)
      watchers.add(settled.add)
      return {
        close: async () => {
          watchers.delete(settled.add)
          settled.close()
        },
      }
    },
    write(path, text) {
      texts.set(path, text)
      tell(path)
    },
    remove(path) {
      if (texts.delete(path)) tell(path)
    },
  }
}
