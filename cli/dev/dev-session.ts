// What `dev` knows and does, whoever shows it: the scripts, their runs and their log; sending events, and sending them again.
import { isDeepStrictEqual } from 'node:util'
import type { Engine, EngineAnnouncements, LogLevel, Outcome, ScriptInfo } from '../../engine/index.ts'
import type { TypeProblem } from '../../engine/pipeline/type-check/type-checker.ts'
import { untold } from '../check/findings.ts'
import { shownValue } from '../plain-value.ts'
import { errorParts } from '../report-error.ts'
import { LogTail, OF_DEV } from './log-tail.ts'
import { type RunEntry, RunHistory, type Shot } from './run-history.ts'

/** Something that went wrong and can be opened. */
export type Failure =
  | { readonly kind: 'run'; readonly at: number; readonly entry: RunEntry }
  | { readonly kind: 'load'; readonly at: number; readonly script: ScriptInfo }
  | { readonly kind: 'types'; readonly at: number; readonly problems: readonly TypeProblem[] }

/** What the latest look at types came to. */
export interface TypesLook {
  readonly status: 'ok' | 'problems' | 'unavailable'
  readonly problems: readonly TypeProblem[]
}

/** What happened, for those who print it as it comes. */
export type News =
  | { readonly kind: 'script-loaded' | 'script-failed' | 'script-removed' | 'denied'; readonly script: ScriptInfo }
  | { readonly kind: 'run'; readonly entry: RunEntry }
  | { readonly kind: 'types'; readonly look: TypesLook }
  | { readonly kind: 'policy-loaded'; readonly warnings: readonly string[] }
  | { readonly kind: 'problem'; readonly error: unknown }

/** What a session is made of. */
export interface DevSessionOptions {
  readonly engine: Engine
  /** How an event is sent: not every one is emitted. */
  readonly kindOf: (event: string) => 'event' | 'filter' | 'decision'
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

const MOST_FAILURES = 100

/** See the head of the file. Whoever made it disposes it. */
export class DevSession implements Disposable {
  readonly log = new LogTail()
  readonly runs = new RunHistory()
  /** Whether what was sent last is sent again when a script was loaded anew. */
  sendsOnSave = false
  readonly #options: DevSessionOptions
  readonly #listeners = new Set<(news: News | undefined) => void>()
  readonly #stop: (() => void)[] = []
  #failures: Failure[] = []
  #types: TypesLook | undefined
  #last: Shot | undefined
  #lastFailed: Shot | undefined

  constructor(options: DevSessionOptions) {
    this.#options = options
    for (const script of this.scripts) if (script.error !== undefined) this.#addFailure({ kind: 'load', at: options.clock(), script })
    this.#listen('script-loaded', (script) => this.#onLoaded(script))
    this.#listen('script-failed', (script) => this.#onBroken('script-failed', script))
    this.#listen('denied', (script) => this.#onBroken('denied', script))
    this.#listen('script-removed', (script) => this.#onRemoved(script))
    this.#listen('run', (outcome) => this.#onRun(outcome))
    this.#listen('policy-loaded', ({ warnings }) => this.#onPolicy(warnings))
    this.#listen('policy-failed', (error) => this.problem(error))
    this.#listen('problem', (error) => this.problem(error))
  }

  /** In order of id. */
  get scripts(): readonly ScriptInfo[] {
    return this.#options.engine.scripts()
  }

  /** Undefined before the first look. */
  get types(): TypesLook | undefined {
    return this.#types
  }

  /** The latest first. */
  get failures(): readonly Failure[] {
    return this.#failures
  }

  /** What can be sent again. */
  get last(): Shot | undefined {
    return this.#last
  }

  /** Told of everything that changes; undefined where nothing is to be printed of it. Returns a function that stops it. */
  onNews(listener: (news: News | undefined) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Sends an event. Never rejects; what the host is to blame for is a line of the log. Resolves with how many scripts ran. */
  async send(shot: Shot): Promise<number> {
    this.#last = shot
    try {
      const { outcomes } = await this.#emit(shot)
      for (const outcome of outcomes) this.#settle(outcome, shot)
      return outcomes.length
    } catch (error) {
      this.problem(error)
      return 0
    }
  }

  /** Sends again what failed last; undefined where nothing did, or where its payload is not known. */
  sendFailed(): Promise<number> | undefined {
    return this.#lastFailed === undefined ? undefined : this.send(this.#lastFailed)
  }

  /** Tells of a look at types, but for what is wrong because a file does not parse: that was told with its script. One that found the same as before is no news. */
  typesChecked({ status, problems: all }: TypesLook): void {
    const problems = untold({ scripts: this.scripts, types: { problems: all } })
    if (problems.length === 0 && all.length > 0) return this.#tell(undefined) // nobody can tell before the file parses
    const look: TypesLook = { status, problems }
    const isNews = !isDeepStrictEqual(look, this.#types) && (this.#types !== undefined || look.status !== 'ok')
    this.#types = look
    if (!isNews) return this.#tell(undefined)
    this.#failures = this.#failures.filter(({ kind }) => kind !== 'types')
    if (look.problems.length > 0) this.#addFailure({ kind: 'types', at: this.#options.clock(), problems: look.problems })
    for (const { file, line, column, message } of look.problems)
      this.#write(OF_DEV, 'error', `${file}:${line}:${column}: type error: ${message.split('\n', 1)[0]}`)
    if (look.status === 'ok') this.#write(OF_DEV, 'info', 'types are right again')
    this.#tell({ kind: 'types', look })
  }

  /** Writes a line of its own into the log. */
  note(level: LogLevel, text: string): void {
    this.#write(OF_DEV, level, text)
    this.#tell(undefined)
  }

  /** Tells of something that went wrong outside scripts. */
  problem(error: unknown): void {
    const { message, location: at } = errorParts(error)
    this.#write(OF_DEV, 'error', at === undefined ? message : `${message} (${at.file}:${at.line}:${at.column})`)
    this.#tell({ kind: 'problem', error })
  }

  clear(): void {
    this.log.clear()
    this.runs.clear()
    this.#failures = this.#failures.filter(({ kind }) => kind !== 'run')
    this.#tell(undefined)
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stop) stop()
    this.#listeners.clear()
  }

  async #emit({ event, payload, script }: Shot): Promise<{ readonly outcomes: readonly Outcome[] }> {
    const { engine, kindOf, signal } = this.#options
    const options = { signal, script }
    switch (kindOf(event)) {
      case 'filter':
        return await engine.filter(event as never, payload as never, options)
      case 'decision':
        return await engine.decide(event as never, payload as never, options)
      default:
        return await engine.emit(event, payload, options)
    }
  }

  #listen<A extends keyof EngineAnnouncements>(announcement: A, listener: (told: EngineAnnouncements[A]) => void): void {
    this.#stop.push(this.#options.engine.on(announcement, listener))
  }

  #onLoaded(script: ScriptInfo): void {
    this.#failures = this.#failures.filter((failure) => failure.kind !== 'load' || failure.script.id !== script.id)
    this.#write(script.id, 'info', 'loaded')
    for (const warning of script.warnings) this.#write(script.id, 'warn', warning)
    this.#tell({ kind: 'script-loaded', script })
    if (this.sendsOnSave && this.#last !== undefined) void this.send(this.#last)
  }

  #onBroken(kind: 'script-failed' | 'denied', script: ScriptInfo): void {
    this.#failures = this.#failures.filter((failure) => failure.kind !== 'load' || failure.script.id !== script.id)
    this.#addFailure({ kind: 'load', at: this.#options.clock(), script })
    const kept = script.status === 'ready' ? '; the last good version stays in force' : ''
    this.#write(script.id, 'error', `${kind === 'denied' ? 'denied' : 'does not load'}: ${script.error?.message ?? 'unknown'}${kept}`)
    this.#tell({ kind, script })
  }

  #onRemoved(script: ScriptInfo): void {
    this.#failures = this.#failures.filter((failure) => failure.kind !== 'load' || failure.script.id !== script.id)
    this.#write(script.id, 'info', 'removed')
    this.#tell({ kind: 'script-removed', script })
  }

  #onPolicy(warnings: readonly string[]): void {
    this.#write(OF_DEV, 'info', 'policy loaded')
    for (const warning of warnings) this.#write(OF_DEV, 'warn', warning)
    this.#tell({ kind: 'policy-loaded', warnings })
  }

  #onRun(outcome: Outcome): void {
    const entry: RunEntry = { at: this.#options.clock(), outcome, shot: undefined }
    this.runs.add(entry)
    for (const { level, message, data } of outcome.logs)
      this.#write(outcome.script, level, data === undefined ? message : `${message} ${shownValue(data)}`)
    if (outcome.status !== 'ok') this.#onFailedRun(entry)
    this.#tell({ kind: 'run', entry })
  }

  #onFailedRun(entry: RunEntry): void {
    const { script, event, status, error } = entry.outcome
    this.#addFailure({ kind: 'run', at: entry.at, entry })
    this.#write(script, 'error', `${event}: ${status}: ${error?.message ?? ''}`)
  }

  /** What is known of a run once its event is done: who caused it, and whether the host takes its result. */
  #settle(outcome: Outcome, shot: Shot): void {
    const known = this.runs.get(outcome.runId)
    if (known === undefined) return
    const entry: RunEntry = { ...known, outcome, shot }
    const isRefused = known.outcome.status === 'ok' && outcome.status !== 'ok'
    this.runs.amend(entry)
    this.#failures = this.#failures.map((failure) =>
      failure.kind === 'run' && failure.entry.outcome.runId === outcome.runId ? { ...failure, entry } : failure,
    )
    if (outcome.status !== 'ok') this.#lastFailed = { ...shot, script: outcome.script }
    if (isRefused) this.#onFailedRun(entry)
    this.#tell(isRefused ? { kind: 'run', entry } : undefined)
  }

  #addFailure(failure: Failure): void {
    this.#failures = [failure, ...this.#failures.slice(0, MOST_FAILURES - 1)]
  }

  #write(source: string, level: LogLevel, text: string): void {
    this.log.add({ at: this.#options.clock(), source, level, text })
  }

  #tell(news: News | undefined): void {
    for (const listener of this.#listeners) listener(news)
  }
}
