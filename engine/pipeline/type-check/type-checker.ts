// Checks the types of scripts, as many as are asked for at once in one go. A file that the compiler cannot cope with is blamed alone; the others are checked.
import { join } from 'node:path'
import { engineError, isEngineError } from '../../errors/engine-error.ts'
import type { Json } from '../../model/json.ts'
import type { ScriptStore } from '../../source/script-store.ts'
import { readSource } from '../source-text.ts'
import { Compiler, CompilerLost, type CompilerProblem, compilerLibraries } from './compiler.ts'
import { COMPILER_OPTIONS } from './compiler-options.ts'
import { isBroken, isConsequence, type KnownWords } from './type-hints.ts'
import { describeProblem, describeRest, type TypeProblem } from './type-problem.ts'
import { VirtualFiles } from './virtual-files.ts'

export type { KnownWords } from './type-hints.ts'
export type { TypeProblem } from './type-problem.ts'

const MiB = 1024 * 1024
const DEADLINE_MS = 5_000
const MEMORY_BYTES = 1024 * MiB
const SOURCE_BYTES = 16 * MiB
/** Each round finds the files that those of the last one import; deeper chains are no one's. */
const MOST_ROUNDS = 32
/** Problems of a file that are told: each takes the host's own time, and a source can hold one a line. */
const MOST_PROBLEMS = 100
/** A compiler that nobody asked for this long is ended: starting one takes a tenth of a second. */
const IDLE_MS = 30_000
/** Where this package's own sources lie: tests of scripts import `vivarium/test` from there. */
const OWN = join(import.meta.dirname, '..', '..')
const TEST_TYPES = join(OWN, 'testing', 'index.js')
const NO_WORDS: KnownWords = { events: undefined, bindings: [] }
const PROJECT = '.vivarium/tsconfig.json'
const ENVIRONMENT = '.vivarium/env.d.ts'

/** What a type-checker is made from. */
export interface TypeCheckerOptions {
  readonly store: ScriptStore
  /** The text of env.d.ts as it is now. What lies on the disk under that name is not looked at. */
  readonly environment: () => string
  /** Names for hints: of events and bindings. */
  readonly words?: (() => KnownWords) | undefined
  /** Milliseconds that one step may take; 5,000 where nothing is said. */
  readonly deadlineMs?: number | undefined
  /** Bytes that the compiler's process may occupy; 1 GiB where nothing is said. */
  readonly memoryBytes?: number | undefined
}

/** Checks types. Whoever made it closes it. */
export interface TypeChecker extends AsyncDisposable {
  /**
   * Reads these files of the store anew, and says what is wrong in them: with their types, or `TYPE_CHECK_FAILED` where one could not be checked.
   * What they import is read as well, and its problems are told only when it is among them. Throws `TYPE_CHECK_UNAVAILABLE`, `DISPOSED`.
   */
  check(files: readonly string[]): Promise<readonly TypeProblem[]>
  /** The id of the compiler's process; undefined while there is none. */
  pid(): Promise<number | undefined>
  /** Ends the compiler's process. */
  close(): Promise<void>
}

/**
 * A type-checker. It starts the compiler when the first file is to be checked, and ends it when there has been nothing to do for a while.
 *
 * @example
 * await using checker = createTypeChecker({ store: diskStore('./scripts'), environment: () => text })
 * const problems = await checker.check(['greet.ts'])
 */
export function createTypeChecker(options: TypeCheckerOptions): TypeChecker {
  const bench = new Bench(options)
  return {
    check: (files) => bench.check(files),
    pid: () => bench.pid(),
    close: () => bench.close(),
    [Symbol.asyncDispose]: () => bench.close(),
  }
}

interface Wish {
  readonly files: readonly string[]
  readonly resolve: (problems: readonly TypeProblem[]) => void
  readonly reject: (error: unknown) => void
}

/** One compiler, its files, and who waits for it. */
class Bench {
  readonly #options: TypeCheckerOptions
  #waiting: Wish[] = []
  #work: Promise<void> | undefined
  #compiler: Compiler | undefined
  #files: VirtualFiles | undefined
  #idle: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: TypeCheckerOptions) {
    this.#options = options
  }

  check(files: readonly string[]): Promise<readonly TypeProblem[]> {
    if (this.#isClosed) return Promise.reject(engineError('DISPOSED', ['The type-checker']))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ files, resolve, reject })
      this.#work ??= this.#workOff()
    })
  }

  async pid(): Promise<number | undefined> {
    return await this.#compiler?.pid()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idle)
    await this.#compiler?.close()
    await this.#work
  }

  async #workOff(): Promise<void> {
    clearTimeout(this.#idle)
    await Promise.resolve() // whoever asks in the same turn comes along
    while (this.#waiting.length > 0) {
      const wishes = this.#waiting.splice(0)
      const unmet = await this.#grant(wishes)
      // A script can declare things for all others: what is wrong with one counts when it is wrong without them.
      for (const wish of unmet) await this.#grantAlone(wish)
    }
    this.#work = undefined
    this.#idle = setTimeout(() => void this.#compiler?.close(), IDLE_MS).unref()
  }

  /** Checks for all at once; returns those that have to be checked alone. */
  async #grant(wishes: readonly Wish[]): Promise<readonly Wish[]> {
    if (wishes.length === 1) return wishes
    try {
      const problems = await this.#run([...new Set(wishes.flatMap(({ files }) => files))])
      return wishes.filter((wish) => {
        const isClean = !problems.some(({ file }) => wish.files.includes(file))
        if (isClean) wish.resolve([])
        return !isClean
      })
    } catch (error) {
      if (error instanceof CompilerLost) return wishes
      for (const { reject } of wishes) reject(error)
      return []
    }
  }

  async #grantAlone({ files, resolve, reject }: Wish): Promise<void> {
    try {
      resolve((await this.#run(files)).filter(({ file }) => files.includes(file)))
    } catch (error) {
      if (error instanceof CompilerLost) resolve(blame(files[0] ?? '', error))
      else reject(error)
    }
  }

  /** One program with these files. Throws {@link CompilerLost} when it cannot even be made. */
  async #run(paths: readonly string[]): Promise<readonly TypeProblem[]> {
    const project = this.#open().files.absolute(PROJECT)
    await this.#makeProgramTwice(project, paths)
    const atOnce = await this.#problemsAtOnce(project, paths)
    if (atOnce !== undefined) return atOnce
    if (paths.length > 1) await this.#makeProgramTwice(project, paths)
    const problems: TypeProblem[] = []
    for (const path of paths) problems.push(...(await this.#problemsOf(path, () => this.#makeProgram(project, paths))))
    return problems
  }

  /** Asked once for all, the compiler is many times as fast; undefined where it is lost over that, and has to be asked for one after the other. */
  async #problemsAtOnce(project: string, paths: readonly string[]): Promise<readonly TypeProblem[] | undefined> {
    if (paths.length === 1) return undefined
    const { files, compiler } = this.#open()
    try {
      const found = Map.groupBy(await compiler.problemsOf(project), ({ file }) => file)
      return paths.flatMap((path) => this.#describe(path, found.get(files.absolute(path)) ?? []))
    } catch (error) {
      if (error instanceof CompilerLost) return undefined
      throw error
    }
  }

  #describe(path: string, found: readonly CompilerProblem[]): readonly TypeProblem[] {
    if (found.length === 0) return []
    const { files } = this.#open()
    const source = { file: path, text: readSource(files.textOf(path) ?? ''), words: this.#options.words?.() ?? NO_WORDS }
    const told = isBroken(found) ? found.filter(({ code }) => !isConsequence(code)) : found
    const shown = told.slice(0, MOST_PROBLEMS).map((problem) => ({ ...problem, message: files.withoutFolders(problem.message) }))
    const problems = shown.map((problem) => describeProblem(source, problem))
    const last = problems.at(-1)
    return last === undefined || told.length === shown.length ? problems : [...problems, describeRest(last, told.length - shown.length)]
  }

  /** A compiler that ends over a file twice ends because of it. */
  async #problemsOf(path: string, startAgain: () => Promise<void>): Promise<readonly TypeProblem[]> {
    const { files, compiler } = this.#open()
    if (files.textOf(path) === undefined || path.endsWith('.json')) return []
    const ask = async (): Promise<readonly TypeProblem[]> =>
      this.#describe(path, await compiler.problemsOf(files.absolute(PROJECT), files.absolute(path)))
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof CompilerLost)) throw error
      await startAgain()
      if (error.isExcess) return blame(path, error)
    }
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof CompilerLost)) throw error
      await startAgain()
      return blame(path, error)
    }
  }

  /** A compiler that died while nothing was asked of it is nobody's fault. */
  async #makeProgramTwice(project: string, paths: readonly string[]): Promise<void> {
    try {
      await this.#makeProgram(project, paths)
    } catch (error) {
      if (!(error instanceof CompilerLost) || error.isExcess) throw error
      await this.#makeProgram(project, paths)
    }
  }

  /** Reads what is asked for and whatever that leads to, each file once, until the compiler has seen all of it as it is now. */
  async #makeProgram(project: string, paths: readonly string[]): Promise<void> {
    const { files, compiler } = this.#open()
    const seen = new Set([...paths, ...files.missing()])
    const first = await this.#read([...seen])
    note(first, files, ENVIRONMENT, this.#options.environment())
    note(first, files, PROJECT, projectText(paths.filter((path) => files.textOf(path) !== undefined)))
    let changes = first
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const reached = await compiler.update(project, absolute(changes, files))
      const unread = [...reached.flatMap((name) => files.relative(name) ?? []), ...files.missing()].filter(
        (path) => !seen.has(path) && !isOurs(path),
      )
      for (const path of unread) seen.add(path)
      changes = await this.#read(unread)
      if (Object.values(changes).every(({ length }) => length === 0)) return
    }
  }

  async #read(paths: readonly string[]): Promise<Changes> {
    const { files } = this.#open()
    const changes: Changes = { created: [], changed: [], deleted: [] }
    const texts = await Promise.all(paths.map((path) => this.#readOne(path)))
    for (const [index, path] of paths.entries()) note(changes, files, path, texts[index])
    return changes
  }

  /** A file that cannot be read is none: bundling tells of it. */
  async #readOne(path: string): Promise<string | undefined> {
    try {
      return (await this.#options.store.read(path, SOURCE_BYTES))?.text
    } catch (error) {
      if (isEngineError(error)) return undefined
      throw error
    }
  }

  /** Throws `TYPE_CHECK_UNAVAILABLE`, `DISPOSED`. */
  #open(): { readonly files: VirtualFiles; readonly compiler: Compiler } {
    if (this.#isClosed) throw engineError('DISPOSED', ['The type-checker'])
    const { store, deadlineMs = DEADLINE_MS, memoryBytes = MEMORY_BYTES } = this.#options
    this.#files ??= new VirtualFiles({ directory: store.directory, libraries: compilerLibraries(), own: OWN })
    this.#compiler ??= new Compiler({ files: this.#files.system, workingDirectory: '/', deadlineMs, memoryBytes })
    return { files: this.#files, compiler: this.#compiler }
  }
}

interface Changes {
  readonly created: string[]
  readonly changed: string[]
  readonly deleted: string[]
}

function isOurs(path: string): boolean {
  return path === PROJECT || path === ENVIRONMENT
}

function note(changes: Changes, files: VirtualFiles, path: string, text: string | undefined): void {
  const what = files.put(path, text)
  if (what !== 'same') changes[what].push(path)
}

function absolute({ created, changed, deleted }: Changes, files: VirtualFiles): Changes {
  const all = (paths: readonly string[]): string[] => paths.map((path) => files.absolute(path))
  return { created: all(created), changed: all(changed), deleted: all(deleted) }
}

function projectText(paths: readonly string[]): string {
  const content: Json = {
    compilerOptions: { ...COMPILER_OPTIONS, paths: { 'vivarium/test': [TEST_TYPES] } },
    files: [...paths, ENVIRONMENT].sort().map((path) => `../${path}`),
  }
  return JSON.stringify(content)
}

function blame(file: string, { message }: CompilerLost): readonly TypeProblem[] {
  const failure = engineError('TYPE_CHECK_FAILED', [file, message])
  return [{ file, line: 1, column: 1, endLine: 1, endColumn: 1, code: failure.code, message: failure.message }]
}
