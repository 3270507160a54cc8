// The compiler's program: some files, and whatever they lead to, read until the compiler has seen all of it as it is now. What a script can make it read is bounded.
import { join } from 'node:path'
import { isEngineError } from '../../errors/engine-error.ts'
import type { Json } from '../../model/json.ts'
import type { ScriptStore } from '../../source/script-store.ts'
import { Compiler, CompilerLost, compilerLibraries } from './compiler.ts'
import { COMPILER_OPTIONS } from './compiler-options.ts'
import { VirtualFiles } from './virtual-files.ts'

const MiB = 1024 * 1024
const FILE_BYTES = 16 * MiB
/** What may come in beside the files that are asked for. */
const MOST_IMPORTED = 10_000
const MOST_IMPORTED_BYTES = 64 * MiB
/** Files that are read at a time: each takes a descriptor. */
const READ_AT_ONCE = 32
/** Each round finds the files that those of the last one import; deeper chains are no one's. */
const MOST_ROUNDS = 32
/** Where this package's own sources lie: tests of scripts import `vivarium/test` from there. */
const OWN = join(import.meta.dirname, '..', '..')
const TEST_TYPES = join(OWN, 'testing', 'index.js')
const PROJECT = '.vivarium/tsconfig.json'
const ENVIRONMENT = '.vivarium/env.d.ts'

/** What a program is made from. */
export interface ProgramOptions {
  readonly store: ScriptStore
  /** The text of env.d.ts as it is now. What lies on the disk under that name is not looked at. */
  readonly environment: () => string
  /** Milliseconds that one call of the compiler may take. */
  readonly deadlineMs: number
  /** Bytes that the compiler's process may occupy. */
  readonly memoryBytes: number
}

/** One program at a time, and its compiler. Whoever made it closes the compiler. */
export class Program {
  readonly files: VirtualFiles
  readonly compiler: Compiler
  /** The absolute path of its project file. */
  readonly project: string
  readonly #options: ProgramOptions
  /** Of the last one; none while one is made, and after one that could not be made. */
  #roots: string | undefined
  #reached: ReadonlySet<string> = new Set()

  /** Throws `TYPE_CHECK_UNAVAILABLE`. */
  constructor(options: ProgramOptions) {
    const { store, deadlineMs, memoryBytes } = options
    this.#options = options
    this.files = new VirtualFiles({
      directory: store.directory,
      libraries: compilerLibraries(),
      own: OWN,
      onExcess: (why) => this.compiler.giveUp(why),
    })
    this.compiler = new Compiler({ files: this.files.system, workingDirectory: '/', deadlineMs, memoryBytes })
    this.project = this.files.absolute(PROJECT)
  }

  /** Makes the program of these files of the store, each read anew, with what they lead to. Throws `TYPE_CHECK_UNAVAILABLE`, {@link CompilerLost}. */
  async make(paths: readonly string[]): Promise<void> {
    const { files } = this
    const roots = paths.join('\n')
    // What was looked for in vain may be there by now. For other roots the compiler looks again.
    if (this.#roots !== roots) files.forgetMissing()
    this.#roots = undefined
    const changes = this.#dropUnreached(paths)
    this.#reached = new Set()
    const reading = new Reading(this.#options.store, paths)
    this.#note(changes, await reading.read([...paths, ...files.missing()]))
    this.#note(changes, new Map([[ENVIRONMENT, this.#options.environment()]]))
    this.#note(changes, new Map([[PROJECT, projectText(paths.filter((path) => files.textOf(path) !== undefined))]]))
    this.#reached = await this.#follow(changes, reading)
    this.#roots = roots
  }

  /** Reads what the compiler reaches until there is nothing new. Returns what that is. */
  async #follow(first: Changes, reading: Reading): Promise<ReadonlySet<string>> {
    const { files, compiler, project } = this
    let changes = first
    let reached: readonly string[] = []
    for (let round = 0; round < MOST_ROUNDS; round++) {
      reached = (await compiler.update(project, this.#absolute(changes))).flatMap((name) => files.relative(name) ?? [])
      changes = noChanges()
      this.#note(changes, await reading.read([...reached, ...files.missing()]))
      if (Object.values(changes).every(({ length }) => length === 0)) break
    }
    return new Set(reached)
  }

  /** Lets go of what the last program was made of and these files may not need. */
  #dropUnreached(roots: readonly string[]): Changes {
    const needed = new Set([...roots, ...this.#reached, PROJECT, ENVIRONMENT])
    const changes = noChanges()
    this.#note(changes, new Map(this.files.paths().flatMap((path) => (needed.has(path) ? [] : [[path, undefined]]))))
    return changes
  }

  #note(changes: Changes, texts: ReadonlyMap<string, string | undefined>): void {
    for (const [path, text] of texts) {
      const what = this.files.put(path, text)
      if (what !== 'same') changes[what].push(path)
    }
  }

  #absolute({ created, changed, deleted }: Changes): Changes {
    const all = (paths: readonly string[]): string[] => paths.map((path) => this.files.absolute(path))
    return { created: all(created), changed: all(changed), deleted: all(deleted) }
  }
}

interface Changes {
  readonly created: string[]
  readonly changed: string[]
  readonly deleted: string[]
}

function noChanges(): Changes {
  return { created: [], changed: [], deleted: [] }
}

/** What is read for one program, each file once. */
class Reading {
  readonly #store: ScriptStore
  readonly #roots: ReadonlySet<string>
  readonly #seen = new Set([PROJECT, ENVIRONMENT])
  #imported = 0
  #bytes = 0

  constructor(store: ScriptStore, roots: readonly string[]) {
    this.#store = store
    this.#roots = new Set(roots)
  }

  /** The texts of files that were not read yet, undefined for those that are not there. Throws {@link CompilerLost} when they become too many, or too large. */
  async read(paths: readonly string[]): Promise<ReadonlyMap<string, string | undefined>> {
    const unread = [...new Set(paths)].filter((path) => !this.#seen.has(path))
    const texts = new Map<string, string | undefined>()
    for (let start = 0; start < unread.length; start += READ_AT_ONCE) {
      const batch = unread.slice(start, start + READ_AT_ONCE)
      const read = await Promise.all(batch.map((path) => this.#readOne(path)))
      for (const [index, path] of batch.entries()) texts.set(path, this.#count(path, read[index]))
    }
    return texts
  }

  #count(path: string, text: string | undefined): string | undefined {
    this.#seen.add(path)
    if (this.#roots.has(path)) return text
    this.#imported++
    this.#bytes += Buffer.byteLength(text ?? '')
    if (this.#imported > MOST_IMPORTED) throw new CompilerLost(`it imports more than ${MOST_IMPORTED} files`, true)
    if (this.#bytes > MOST_IMPORTED_BYTES) throw new CompilerLost(`what it imports is larger than ${MOST_IMPORTED_BYTES} bytes`, true)
    return text
  }

  /** A file that cannot be read is none: bundling tells of it. */
  async #readOne(path: string): Promise<string | undefined> {
    try {
      return (await this.#store.read(path, FILE_BYTES))?.text
    } catch (error) {
      if (isEngineError(error)) return undefined
      throw error
    }
  }
}

function projectText(paths: readonly string[]): string {
  const content: Json = {
    compilerOptions: { ...COMPILER_OPTIONS, paths: { 'vivarium/test': [TEST_TYPES] } },
    files: [...paths, ENVIRONMENT].sort().map((path) => `../${path}`),
  }
  return JSON.stringify(content)
}
