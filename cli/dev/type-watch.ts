// Types in `dev`: looked at when it starts and whenever a source changed, one look at a time; what comes of it is told to the session.
import { diskStore, type Engine, isEngineError } from '../../engine/index.ts'
import { createTypeChecker, type TypeChecker } from '../../engine/pipeline/type-check/type-checker.ts'
import type { KnownWords } from '../../engine/pipeline/type-check/type-hints.ts'
import type { StoreWatch } from '../../engine/source/script-store.ts'
import { sourcesOf } from '../check/check-session.ts'
import type { DevSession } from './dev-session.ts'

/** The compiler's codes for what is no TypeScript at all. */
const SYNTAX = /^TS1\d{3}$/

/** What it looks at. */
export interface TypeWatchOptions {
  readonly directory: string
  readonly engine: Engine
  /** Names of the host, for "did you mean". */
  readonly words: KnownWords
  readonly session: DevSession
}

/** See the head of the file. Whoever opens it closes it. */
export class TypeWatch implements AsyncDisposable {
  readonly #options: TypeWatchOptions
  readonly #checker: TypeChecker
  #watch: StoreWatch | undefined
  #stop: (() => void) | undefined
  #looking: Promise<void> | undefined
  #isDue = false
  #isClosed = false

  private constructor(options: TypeWatchOptions) {
    this.#options = options
    const { directory, engine, words } = options
    this.#checker = createTypeChecker({ store: diskStore(directory), environment: () => engine.types(), words: () => words })
  }

  /** Begins to watch, and looks for the first time; that look is not waited for. */
  static async open(options: TypeWatchOptions): Promise<TypeWatch> {
    const opened = new TypeWatch(options)
    opened.#watch = await diskStore(options.directory).watch(() => opened.#look())
    // Other grants are other types.
    opened.#stop = options.engine.on('policy-loaded', () => opened.#look())
    opened.#look()
    return opened
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#stop?.()
    await this.#watch?.close()
    await this.#checker.close()
    await this.#looking
  }

  #look(): void {
    this.#isDue = true
    this.#looking ??= this.#lookWhileDue().finally(() => {
      this.#looking = undefined
    })
  }

  async #lookWhileDue(): Promise<void> {
    const { session, directory, engine } = this.#options
    while (this.#isDue && !this.#isClosed) {
      this.#isDue = false
      try {
        const problems = await this.#checker.check(await sourcesOf(directory))
        // Why a file does not parse is told with its script, which the engine may not have come to yet.
        if (problems.some(({ code }) => SYNTAX.test(code))) await engine.reload()
        if (!this.#isDue && !this.#isClosed) session.typesChecked({ status: problems.length === 0 ? 'ok' : 'problems', problems })
      } catch (error) {
        if (this.#isClosed) return
        session.typesChecked({ status: 'unavailable', problems: [] })
        session.problem(error)
        if (!isEngineError(error)) return
      }
    }
  }
}
