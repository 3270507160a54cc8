// The host's end of one bundle worker: gives it one job at a time, and can end it without its cooperation.
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { engineError } from '../errors/engine-error.ts'
import type { BundleAnswer, BundleJob, BundleQuestion, BundleResult, FromBundleWorker, ToBundleWorker } from './bundle-protocol.ts'

const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './bundle-worker.ts' : './bundle-worker.js', import.meta.url)
/** A thread that has not ended by then is terminated; its transpiler notices within a second that nobody listens. */
const END_GRACE_MS = 3_000
/** For starting a thread on a machine under load. The job's deadline counts from when the thread is ready. */
const START_MS = 30_000

/** A job, and who answers its questions. */
export interface BundleTask {
  readonly job: BundleJob
  /** Must not throw: what it cannot give, it refuses. */
  readonly answer: (question: BundleQuestion) => Promise<BundleAnswer>
  readonly deadlineMs: number
  readonly signal: AbortSignal | undefined
}

interface Running {
  readonly task: BundleTask
  readonly resolve: (result: BundleResult) => void
  readonly reject: (reason: unknown) => void
}

/** One worker. It keeps the process alive only while it has a job. Whoever made it ends it. */
export class BundleWorkerClient {
  // No flags of the host: they are meant for its own main thread.
  readonly #worker = new Worker(ENTRY, { execArgv: [], name: 'vivarium-bundler', resourceLimits: { maxOldGenerationSizeMb: 512 } })
  readonly #gone: Promise<void>
  #running: Running | undefined
  #timer: NodeJS.Timeout | undefined
  #isReady = false
  #ending: Promise<void> | undefined
  readonly #cancel = (): void => this.#fail(this.#running?.task.signal?.reason)

  constructor() {
    this.#worker.unref()
    this.#worker.on('message', (message: FromBundleWorker) => this.#receive(message))
    this.#worker.on('error', (error) => this.#fail(engineError('BUNDLER_LOST', [error.name], { cause: error })))
    this.#gone = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(engineError('BUNDLER_LOST', ['its thread ended']))
        resolve()
      })
    })
  }

  /** Whether it can take another job. */
  get isUsable(): boolean {
    return this.#ending === undefined
  }

  /** Does one job. Throws `BUNDLE_TIMEOUT`, `BUNDLER_LOST` or the signal's reason; after that, or a result that says so, the worker is ending. */
  run(task: BundleTask): Promise<BundleResult> {
    return new Promise((resolve, reject) => {
      this.#running = { task, resolve, reject }
      this.#worker.ref()
      this.#send({ kind: 'bundle', job: task.job })
      this.#watchTime()
      task.signal?.addEventListener('abort', this.#cancel)
      if (task.signal?.aborted) this.#cancel()
    })
  }

  /** Ends transpiler and thread, whatever they do; a job that runs throws `DISPOSED`. Resolves when both are gone. */
  end(): Promise<void> {
    this.#settle()?.reject(engineError('DISPOSED', ['The bundler']))
    this.#ending ??= this.#endWorker()
    return this.#ending
  }

  async #endWorker(): Promise<void> {
    this.#send({ kind: 'end' })
    const grace = setTimeout(() => this.#worker.terminate(), END_GRACE_MS)
    this.#worker.ref()
    await this.#gone
    clearTimeout(grace)
  }

  #send(message: ToBundleWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(message)
  }

  #receive(message: FromBundleWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true
        this.#watchTime()
        return
      case 'ask':
        this.#answer(message.id, message.question)
        return
      case 'done':
        this.#succeed(message.result)
        return
      default:
        message satisfies never
    }
  }

  async #answer(id: number, question: BundleQuestion): Promise<void> {
    const answer = await this.#running?.task.answer(question)
    if (answer !== undefined) this.#send({ kind: 'answer', id, answer })
  }

  #watchTime(): void {
    clearTimeout(this.#timer)
    const running = this.#running
    if (running === undefined) return
    const { deadlineMs } = running.task
    this.#timer = setTimeout(() => this.#expire(running, deadlineMs), this.#isReady ? deadlineMs : START_MS)
  }

  /** If the host's own event loop was blocked, the result may be waiting behind this timer: it gets its turn first. */
  async #expire(running: Running, ms: number): Promise<void> {
    await turn()
    await turn()
    if (this.#running === running) this.#fail(engineError('BUNDLE_TIMEOUT', [ms]))
  }

  #succeed(result: BundleResult): void {
    this.#settle()?.resolve(result)
    if (result.kind === 'lost' || result.kind === 'out-of-memory') this.end()
  }

  /** What was interrupted goes on inside, so the worker is of no more use; nobody need wait for its end. */
  #fail(reason: unknown): void {
    this.#settle()?.reject(reason)
    this.end()
  }

  #settle(): Running | undefined {
    const running = this.#running
    this.#running = undefined
    clearTimeout(this.#timer)
    running?.task.signal?.removeEventListener('abort', this.#cancel)
    if (this.isUsable) this.#worker.unref()
    return running
  }
}
