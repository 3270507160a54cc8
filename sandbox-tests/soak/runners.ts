// The engine's own runners as the process sees them: Node tells of every thread and every child that is started. Nothing else is ever touched.
import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Worker } from 'node:worker_threads'

/** What can be done to a runner from outside. `SIGSTOP` holds it up for good, `pause` until it is resumed. */
export type Harm = 'terminate' | 'SIGKILL' | 'SIGSTOP' | 'pause'

/** A runner, or a loader: from outside they look alike. */
export interface SeenRunner {
  readonly name: string
  readonly harms: readonly Harm[]
  readonly isAlive: boolean
  /** Does it. Nothing happens to one that has ended. */
  harm(harm: Harm): void
  /** Lets one go on that was paused. */
  resume(): void
}

const ENTRY = /child-process-entry\.[jt]s$/

/** Sees every runner that this thread starts from now on, until it is disposed. */
export class SeenRunners implements Disposable {
  readonly #threads = new Set<SeenThread>()
  readonly #children = new Set<SeenChild>()
  // What an object will be is not known yet when it is told of: its name, its arguments.
  readonly #onThread = (message: unknown): void => void this.#threads.add(new SeenThread((message as { readonly worker: Worker }).worker))
  readonly #onChild = (message: unknown): void =>
    void this.#children.add(new SeenChild((message as { readonly process: ChildProcess }).process))

  constructor() {
    subscribe('worker_threads', this.#onThread)
    subscribe('child_process', this.#onChild)
  }

  [Symbol.dispose](): void {
    unsubscribe('worker_threads', this.#onThread)
    unsubscribe('child_process', this.#onChild)
  }

  /** Those that have not ended. */
  get alive(): readonly SeenRunner[] {
    for (const thread of this.#threads) if (thread.hasEnded) this.#threads.delete(thread)
    for (const child of this.#children) if (child.hasEnded) this.#children.delete(child)
    return [...this.#threads, ...this.#children].filter(({ isAlive }) => isAlive)
  }
}

class SeenThread implements SeenRunner {
  readonly harms = ['terminate'] as const
  readonly #worker: Worker
  hasEnded = false

  constructor(worker: Worker) {
    this.#worker = worker
    worker.once('exit', () => {
      this.hasEnded = true
    })
  }

  get name(): string {
    return `thread ${this.#worker.threadName}`
  }

  get isAlive(): boolean {
    return !this.hasEnded && ['vivarium runner', 'vivarium loader'].includes(this.#worker.threadName ?? '')
  }

  harm(): void {
    void this.#worker.terminate()
  }

  resume(): void {
    // Nothing can pause a thread.
  }
}

class SeenChild implements SeenRunner {
  readonly harms = ['SIGKILL', 'SIGKILL', 'SIGSTOP', 'pause'] as const
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
  }

  get name(): string {
    return `child ${this.#child.pid}`
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  get isAlive(): boolean {
    return this.#child.pid !== undefined && !this.hasEnded && this.#child.spawnargs.some((arg) => ENTRY.test(arg))
  }

  harm(harm: Harm): void {
    if (this.isAlive) this.#child.kill(harm === 'SIGKILL' ? 'SIGKILL' : 'SIGSTOP')
  }

  resume(): void {
    if (this.isAlive) this.#child.kill('SIGCONT')
  }
}
