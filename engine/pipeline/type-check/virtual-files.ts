// What the compiler may see: the files of a store, one project file, the types of the language, and installed packages. Whatever else lies on the disk does not
// exist for it, however a script spells the path.
import { realpathSync } from 'node:fs'
import { posix, sep } from 'node:path'
import type { FileSystem, FileSystemEntries } from 'typescript/unstable/fs'

/** Where files of a store that has no directory are said to lie. */
const NOWHERE = '/vivarium-scripts'
/** Files that are not there and that the compiler may look for: it tries several names for each import, and a source can hold forty thousand imports. */
const MOST_MISSING = 4_000

/** What the files are made of. */
export interface VirtualFilesOptions {
  /** The store's directory, with `/` between the parts; undefined for a store in memory. */
  readonly directory: string | undefined
  /** Where the types of the language lie. */
  readonly libraries: string
  /** The folder of what vivarium itself offers to scripts' tests. */
  readonly own: string
  /** Called when the compiler looks for more files than it may; the reason is what it does. */
  readonly onExcess: (reason: string) => void
}

/** See the head of the file. Paths of the store are relative to its root, those of the compiler absolute. */
export class VirtualFiles {
  readonly root: string
  readonly #folders: readonly string[]
  readonly #own: string
  readonly #hasPackages: boolean
  readonly #texts = new Map<string, string>()
  readonly #asked = new Set<string>()
  readonly #onExcess: (reason: string) => void

  constructor({ directory, libraries, own, onExcess }: VirtualFilesOptions) {
    this.root = directory ?? NOWHERE
    this.#hasPackages = directory !== undefined
    this.#folders = [libraries, own]
    this.#own = own
    this.#onExcess = onExcess
  }

  /** The absolute path of a file. */
  absolute(path: string): string {
    return posix.join(this.root, path)
  }

  /** The path below the root; undefined for what lies elsewhere, and for packages. */
  relative(absolute: string): string | undefined {
    if (!absolute.startsWith(`${this.root}/`) || absolute.includes('/node_modules/')) return undefined
    return absolute.slice(this.root.length + 1)
  }

  /** A sentence of the compiler without the folders of the host, which are no business of a script's author. */
  withoutFolders(message: string): string {
    return message.replace(INSTALLED, '').replaceAll(`${this.root}/`, './').replaceAll(`${this.#own}/`, 'vivarium/')
  }

  /** The text of a file. */
  textOf(path: string): string | undefined {
    return this.#texts.get(path)
  }

  /** Every file that is here. */
  paths(): readonly string[] {
    return [...this.#texts.keys()]
  }

  /** Puts a file, changes it, or with `undefined` takes it away. Says what that was. */
  put(path: string, text: string | undefined): 'created' | 'changed' | 'deleted' | 'same' {
    const before = this.#texts.get(path)
    if (before === text) return 'same'
    if (text === undefined) {
      this.#texts.delete(path)
      return 'deleted'
    }
    this.#texts.set(path, text)
    this.#asked.delete(path)
    return before === undefined ? 'created' : 'changed'
  }

  /** Files of the store that the compiler has looked for and that are not here. */
  missing(): readonly string[] {
    return [...this.#asked]
  }

  /** Another program begins: the compiler looks for what that one needs. */
  forgetMissing(): void {
    this.#asked.clear()
  }

  /** What the compiler is handed. */
  get system(): FileSystem {
    return {
      readFile: (absolute) => {
        const path = this.relative(absolute)
        if (path !== undefined) return this.#texts.get(path) ?? this.#note(path, null)
        return this.#isReal(absolute) ? undefined : null
      },
      fileExists: (absolute) => {
        const path = this.relative(absolute)
        if (path !== undefined) return this.#texts.has(path) || this.#note(path, false)
        return this.#isReal(absolute) ? undefined : false
      },
      directoryExists: (absolute) => (this.#isReal(absolute) ? undefined : this.#isFolder(absolute)),
      getAccessibleEntries: (absolute) => (this.#isReal(absolute) ? undefined : NO_ENTRIES),
      realpath: (absolute) => (this.relative(absolute) === undefined ? this.#realPath(absolute) : absolute),
    }
  }

  /** Remembers what was looked for: the store is asked for it before the next look. */
  #note<T>(path: string, answer: T): T {
    if (!SOURCE.test(path) || HIDDEN.test(path)) return answer
    if (this.#asked.size < MOST_MISSING) this.#asked.add(path)
    else if (!this.#asked.has(path)) this.#onExcess(`it looks for more than ${MOST_MISSING} files that are not there`)
    return answer
  }

  /**
   * Whether the disk itself answers: for the language's types, and for packages that the scripts directory can see. What a link in a package folder leads to is a
   * package only where it lies in such a folder too: whoever saves scripts can make links.
   */
  #isReal(absolute: string): boolean {
    if (this.#isKnown(absolute)) return true
    if (!this.#isBeside(absolute)) return false
    const real = realPathOf(absolute)
    return real !== undefined && (this.#isKnown(real) || `${real}/`.includes('/node_modules/'))
  }

  /** Whether a path lies in a folder of the engine or of the compiler. */
  #isKnown(absolute: string): boolean {
    return this.#folders.some((folder) => absolute === folder || absolute.startsWith(`${folder}/`))
  }

  /** Whether a path is one of a package folder of the root, or of a folder above it. */
  #isBeside(absolute: string): boolean {
    const owner = /^(.*?)\/node_modules(?:\/|$)/.exec(absolute)?.[1]
    if (owner === undefined || !this.#hasPackages || absolute.includes('/../')) return false
    return owner === '' || this.root === owner || this.root.startsWith(`${owner}/`)
  }

  /** Packages may be links into a store of their manager, where their own dependencies lie beside them; where the compiler may not look, they stay under their name. */
  #realPath(absolute: string): string {
    const real = this.#isReal(absolute) ? realPathOf(absolute) : undefined
    return real !== undefined && this.#isReal(real) ? real : absolute
  }

  /** Folders are not kept: above the root and below it, one may be there. */
  #isFolder(absolute: string): boolean {
    return this.root.startsWith(absolute) || absolute.startsWith(this.root)
  }
}

const NO_ENTRIES: FileSystemEntries = { files: [], directories: [] }
/** What stands before the name of a package in an absolute path. */
const INSTALLED = /(?<=["'])\/[^"'\n]{0,4096}\/node_modules\//g
const SOURCE = /\.(?:ts|mts|js|mjs|json)$/
const HIDDEN = /(?:^|\/)(?:\.|package\.json$)/

/** Undefined for what is not there. */
function realPathOf(absolute: string): string | undefined {
  try {
    return realpathSync.native(absolute).split(sep).join('/')
  } catch {
    return undefined // nothing will be read
  }
}
