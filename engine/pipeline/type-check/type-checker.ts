// Checks the types of scripts, as many as are asked for at once in one go. A file that the compiler cannot cope with is blamed alone; the others are checked.
import { engineError } from '../../errors/engine-error.ts'
import type { ScriptStore } from '../../source/script-store.ts'
import { readSource } from '../source-text.ts'
import { CompilerLost, type CompilerProblem } from './compiler.ts'
import { Program } from './program.ts'
import { type KnownWords, withoutConsequences } from './type-hints.ts'
import { describeProblem, describeRest, type TypeProblem } from './type-problem.ts'

export type { KnownWords } from './type-hints.ts'
export type { TypeProblem } from './type-problem.ts'

const MiB = 1024 * 1024
const DEADLINE_MS = 5_000
const MEMORY_BYTES = 1024 * MiB
/** Problems of a file that are told: each takes the host's own time, and a source can hold one a line. */
const MOST_PROBLEMS = 100
/** Files that the compiler cannot cope with before it is asked for no more: each takes up to its deadline, twice, and others wait. */
const MOST_FAILURES = 3
/** A compiler that nobody asked for this long is ended: starting one takes a tenth of a second. */
const IDLE_MS = 30_000
const FAILED = 'TYPE_CHECK_FAILED'
const NO_WORDS: KnownWords = { events: undefined, bindings: {} }

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

/** One compiler's program, and who waits for it. */
class Bench {
  readonly #options: TypeCheckerOptions
  #waiting: Wish[] = []
  #work: Promise<void> | undefined
  #program: Program | undefined
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
    return await this.#program?.compiler.pid()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idle)
    await this.#program?.compiler.close()
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
    this.#idle = setTimeout(() => void this.#program?.compiler.close(), IDLE_MS).unref()
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
      if (!(error instanceof CompilerLost)) return reject(error)
      if (files.length === 1) return resolve(blame(files[0] ?? '', error.message))
      this.#runEach(files).then(resolve, reject)
    }
  }

  /** One program with these files. Throws {@link CompilerLost} when it cannot even be made. */
  async #run(paths: readonly string[]): Promise<readonly TypeProblem[]> {
    await this.#makeTwice(paths)
    const atOnce = await this.#problemsAtOnce(paths)
    if (atOnce !== undefined) return atOnce
    if (paths.length > 1) await this.#makeTwice(paths)
    return await oneByOne(paths, (path) => this.#problemsOf(path, () => this.#open().make(paths)))
  }

  /** A program for each file: together they are too much, or one of them is. */
  #runEach(paths: readonly string[]): Promise<readonly TypeProblem[]> {
    return oneByOne(paths, async (path) => {
      try {
        return await this.#run([path])
      } catch (error) {
        if (error instanceof CompilerLost) return blame(path, error.message)
        throw error
      }
    })
  }

  /** Asked once for all, the compiler is many times as fast; undefined where it is lost over that, and has to be asked for one after the other. */
  async #problemsAtOnce(paths: readonly string[]): Promise<readonly TypeProblem[] | undefined> {
    if (paths.length === 1) return undefined
    const { files, compiler, project } = this.#open()
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
    const text = files.textOf(path) ?? ''
    const source = { file: path, text: readSource(text), words: this.#options.words?.() ?? NO_WORDS }
    const told = withoutConsequences(found, text)
    const shown = told.slice(0, MOST_PROBLEMS).map((problem) => ({ ...problem, message: files.withoutFolders(problem.message) }))
    const problems = shown.map((problem) => describeProblem(source, problem))
    const last = problems.at(-1)
    return last === undefined || told.length === shown.length ? problems : [...problems, describeRest(last, told.length - shown.length)]
  }

  /** A compiler that ends over a file twice ends because of it. */
  async #problemsOf(path: string, startAgain: () => Promise<void>): Promise<readonly TypeProblem[]> {
    const { files, compiler, project } = this.#open()
    if (files.textOf(path) === undefined || path.endsWith('.json')) return []
    const ask = async (): Promise<readonly TypeProblem[]> => this.#describe(path, await compiler.problemsOf(project, files.absolute(path)))
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof CompilerLost)) throw error
      await startAgain()
      if (error.isExcess) return blame(path, error.message)
    }
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof CompilerLost)) throw error
      await startAgain()
      return blame(path, error.message)
    }
  }

  /** A compiler that died while nothing was asked of it is nobody's fault. */
  async #makeTwice(paths: readonly string[]): Promise<void> {
    try {
      await this.#open().make(paths)
    } catch (error) {
      if (!(error instanceof CompilerLost) || error.isExcess) throw error
      await this.#open().make(paths)
    }
  }

  /** Throws `TYPE_CHECK_UNAVAILABLE`, `DISPOSED`. */
  #open(): Program {
    if (this.#isClosed) throw engineError('DISPOSED', ['The type-checker'])
    const { store, environment, deadlineMs = DEADLINE_MS, memoryBytes = MEMORY_BYTES } = this.#options
    this.#program ??= new Program({ store, environment, deadlineMs, memoryBytes })
    return this.#program
  }
}

/** Problems of one file after the other. Behind a few that could not be checked, the compiler is not asked for the rest. */
async function oneByOne(
  paths: readonly string[],
  check: (path: string) => Promise<readonly TypeProblem[]>,
): Promise<readonly TypeProblem[]> {
  const problems: TypeProblem[] = []
  let failures = 0
  for (const path of paths) {
    const found = failures < MOST_FAILURES ? await check(path) : blame(path, `${MOST_FAILURES} others before it could not be`)
    if (found.some(({ code }) => code === FAILED)) failures++
    problems.push(...found)
  }
  return problems
}

function blame(file: string, why: string): readonly TypeProblem[] {
  const failure = engineError(FAILED, [file, why])
  return [{ file, line: 1, column: 1, endLine: 1, endColumn: 1, code: failure.code, message: failure.message }]
}
