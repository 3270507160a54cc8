// A policy file that is kept in force: read at the start, read again when it changes, and never replaced by one that is not valid.
import { setTimeout as sleep } from 'node:timers/promises'
import { type FSWatcher, watch as watchPath } from 'chokidar'
import { type EngineError, engineError, isEngineError } from '../errors/engine-error.ts'
import type { BindingSurface } from '../model/host-call.ts'
import { readPolicyText } from './bounded-read.ts'
import { loadPolicy } from './load.ts'
import type { PolicyRevision } from './policy-revision.ts'

/** What the owner of a policy file is told. Neither function may throw. */
export interface PolicyFileOptions {
  /** A valid later state of the file; it is in force from here on. */
  readonly onChange: (revision: PolicyRevision) => void
  /** The file is no longer valid, readable or watched: the revision in force stays. Each bad state is reported once. */
  readonly onError: (error: EngineError) => void
  /** Whether to watch the file. Without it, only `reload` reads it again. */
  readonly watch: boolean
}

/** A policy file and the revision in force. Its owner closes it. */
export interface PolicyFile {
  /** The last valid state of the file. */
  readonly current: PolicyRevision
  /** Reads the file now, and reports as the watch does. Does nothing after `close`. */
  reload(): Promise<void>
  /** Stops watching; resolves when nothing further will be reported. */
  close(): Promise<void>
}

/** A file counts as written once it stays the same for this long: a half-written policy can be valid, and grant what the whole one takes away. */
const SETTLE_MS = 60
const MAX_SETTLE_READS = 50

/**
 * Opens a policy file for an engine with these bindings. Throws what `loadPolicy` throws, and `POLICY_UNREADABLE` for a file that is missing,
 * not a regular file, too large or not UTF-8. `path` is used as it is and shown in errors.
 */
export async function openPolicyFile(path: string, surfaces: readonly BindingSurface[], options: PolicyFileOptions): Promise<PolicyFile> {
  const text = await readPolicyText(path)
  const file = new WatchedPolicyFile(text, loadPolicy({ text, file: path }, surfaces), surfaces, options)
  if (options.watch) await file.watch()
  return file
}

class WatchedPolicyFile implements PolicyFile {
  readonly #surfaces: readonly BindingSurface[]
  readonly #options: PolicyFileOptions
  #current: PolicyRevision
  /** The state that was last looked at, valid or not. */
  #seen: FileState
  #watcher: FSWatcher | undefined
  #isClosed = false
  /** A look that the watch asked for and that has not begun. */
  #isLookPending = false
  #looks: Promise<void> = Promise.resolve()

  constructor(text: string, first: PolicyRevision, surfaces: readonly BindingSurface[], options: PolicyFileOptions) {
    this.#surfaces = surfaces
    this.#options = options
    this.#current = first
    this.#seen = { text }
  }

  get #path(): string {
    return this.#current.source
  }

  get current(): PolicyRevision {
    return this.#current
  }

  async watch(): Promise<void> {
    const watcher = watchPath(this.#path, { ignoreInitial: true, ignorePermissionErrors: true })
    this.#watcher = watcher
    watcher.on('all', () => this.#lookSoon())
    watcher.on('error', (cause) => {
      const why = cause instanceof Error ? cause.message : String(cause)
      if (!this.#isClosed)
        this.#options.onError(engineError('POLICY_UNREADABLE', [this.#path, `it can no longer be watched: ${why}`], { cause }))
    })
    await new Promise<void>((resolve) => watcher.once('ready', resolve))
    // Whatever happened between the first reading and now.
    this.#lookSoon()
  }

  reload(): Promise<void> {
    this.#looks = this.#looks.then(async () => this.#look(await readState(this.#path)))
    return this.#looks
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#watcher?.close()
    await this.#looks
  }

  #lookSoon(): void {
    if (this.#isClosed || this.#isLookPending) return
    this.#isLookPending = true
    this.#looks = this.#looks.then(async () => {
      this.#isLookPending = false
      if (!this.#isClosed) this.#look(await readSettledState(this.#path))
    })
  }

  /** Puts a state in force, or reports why it is not. */
  #look(state: FileState): void {
    if (this.#isClosed || isSame(state, this.#seen)) return
    this.#seen = state
    const next = state.text === undefined ? state.error : this.#load(state.text)
    if (isEngineError(next)) this.#options.onError(next)
    else if (next.hash !== this.#current.hash) {
      this.#current = next
      this.#options.onChange(next)
    }
  }

  #load(text: string): PolicyRevision | EngineError {
    try {
      return loadPolicy({ text, file: this.#path, revision: this.#current.revision + 1 }, this.#surfaces)
    } catch (error) {
      return asEngineError(error, this.#path)
    }
  }
}

/** What a look found: text, or why there is none. */
type FileState = { readonly text: string; readonly error?: never } | { readonly text?: never; readonly error: EngineError }

async function readState(path: string): Promise<FileState> {
  try {
    return { text: await readPolicyText(path) }
  } catch (error) {
    return { error: asEngineError(error, path) }
  }
}

/** Reads until two readings in a row agree. A file that never rests is taken as it is: the next change is another look. */
async function readSettledState(path: string): Promise<FileState> {
  let state = await readState(path)
  for (let reads = 0; reads < MAX_SETTLE_READS; reads++) {
    await sleep(SETTLE_MS)
    const next = await readState(path)
    if (isSame(state, next)) return next
    state = next
  }
  return state
}

function isSame(a: FileState, b: FileState): boolean {
  return a.text === b.text && a.error?.message === b.error?.message
}

/** A surface or the system may throw what is no {@link EngineError}; the owner is told in the same way. */
function asEngineError(error: unknown, path: string): EngineError {
  if (isEngineError(error)) return error
  return engineError('POLICY_UNREADABLE', [path, error instanceof Error ? error.message : String(error)], { cause: error })
}
