// One look after another at a directory of scripts. The engine and the compiler stay from look to look: the next one costs what has changed.
import { join } from 'node:path'
import { environmentFile, isStale } from '../../engine/environment.ts'
import { diskStore, type Engine, isEngineError, type ScriptFault, type ScriptInfo } from '../../engine/index.ts'
import { createTypeChecker, type TypeChecker } from '../../engine/pipeline/type-check/type-checker.ts'
import { knownWords } from '../../engine/pipeline/type-check/type-hints.ts'
import { readPolicyText } from '../../engine/policy/bounded-read.ts'
import { readPolicy } from '../../engine/policy/load.ts'
import { findFiles } from '../../engine/source/find-files.ts'
import { closeBindings } from '../close-bindings.ts'
import { type Host, loadHost } from '../host-module.ts'
import { openEngineOf, type Places } from '../open-engine.ts'
import { errorParts } from '../report-error.ts'
import type { Findings, TypeFindings } from './findings.ts'

const SOURCE = /\.(?:ts|mts|js|mjs)$/
const NOT_CHECKED = /\.d\.ts$/

/** What a session looks at. */
export interface CheckTerms {
  readonly places: Places
  /** Whether types are looked at. */
  readonly types: boolean
}

/** See the head of the file. Whoever made it closes it. */
export class CheckSession implements AsyncDisposable {
  readonly #terms: CheckTerms
  readonly #host: Host
  #engine: Engine | undefined
  #checker: TypeChecker | undefined

  private constructor(terms: CheckTerms, host: Host) {
    this.#terms = terms
    this.#host = host
  }

  /** Loads the application's events and bindings. Throws a `UsageError`. */
  static async open(terms: CheckTerms): Promise<CheckSession> {
    return new CheckSession(terms, await loadHost(terms.places))
  }

  /** Looks at everything. Throws what `createEngine` throws. */
  async find(): Promise<Findings> {
    const { directory, policy: file = null } = this.#terms.places
    const base = { directory, host: this.#host.file ?? null }
    const problems = file === null ? [] : await this.#policyProblems(file)
    if (problems.length > 0)
      return {
        ok: false,
        ...base,
        policy: { file, problems, warnings: [] },
        scripts: [],
        refused: [],
        types: skipped(environmentFile(directory)),
      }
    const engine = await this.#openEngine()
    const scripts = engine.scripts()
    const types = this.#terms.types ? await this.#findTypes(engine) : skipped(environmentFile(directory))
    const refused = scripts.filter((script) => isRefused(engine, script)).map(({ id }) => id)
    const areGood = scripts.every(({ id, status, error }) => refused.includes(id) || (status === 'ready' && error === undefined))
    const ok = areGood && ['ok', 'skipped'].includes(types.status)
    return { ok, ...base, policy: { file, problems, warnings: engine.policyWarnings() }, scripts, refused, types }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checker?.close()
    await this.#engine?.close()
    if (this.#engine === undefined) await closeBindings(this.#host.bindings)
  }

  async #openEngine(): Promise<Engine> {
    if (this.#engine === undefined) this.#engine = await openEngineOf(this.#terms.places, this.#host)
    else await this.#engine.reload()
    return this.#engine
  }

  /** All of them, where the engine would stop at the first. */
  async #policyProblems(file: string): Promise<ScriptFault[]> {
    try {
      const surfaces = this.#host.bindings.map(({ surface }) => surface)
      const reading = readPolicy({ text: await readPolicyText(file), file }, surfaces)
      return reading.ok ? [] : reading.errors.map(errorParts)
    } catch (error) {
      if (isEngineError(error)) return [errorParts(error)]
      throw error
    }
  }

  async #findTypes(engine: Engine): Promise<TypeFindings> {
    const { directory } = this.#terms.places
    const { events, bindings } = this.#host
    const words = knownWords(
      events && Object.keys(events),
      bindings.map(({ surface }) => surface),
    )
    this.#checker ??= createTypeChecker({ store: diskStore(directory), environment: () => engine.types(), words: () => words })
    const file = environmentFile(directory)
    const environment = { file, isStale: await isStale(file, engine.types()) }
    try {
      const problems = await this.#checker.check(await sourcesOf(directory))
      return { status: problems.length === 0 ? 'ok' : 'problems', problems, environment }
    } catch (error) {
      if (isEngineError(error)) return { status: 'unavailable', problems: [], error: errorParts(error), environment }
      throw error
    }
  }
}

/** Whether the policy has a line that says no to each need that a script is denied for. */
function isRefused(engine: Engine, { id, status, denied }: ScriptInfo): boolean {
  if (status !== 'denied' || denied.length === 0) return false
  const settings = engine.explain(id)
  const saysNo = (need: string): boolean => settings.some(({ path, value }) => path === `allow.${need}` && value === false)
  return denied.every(({ need }) => saysNo(need))
}

function skipped(file: string): TypeFindings {
  return { status: 'skipped', problems: [], environment: { file, isStale: false } }
}

/** Scripts, what they are made of, what they share, and their tests. */
export async function sourcesOf(directory: string): Promise<readonly string[]> {
  const shared = await findFiles(join(directory, 'lib')).catch(() => []) // there need not be any
  const all = [...(await findFiles(directory)), ...shared.map((path) => `lib/${path}`)]
  return [...new Set(all)].filter((path) => SOURCE.test(path) && !NOT_CHECKED.test(path)).sort()
}
