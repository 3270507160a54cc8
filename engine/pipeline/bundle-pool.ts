// A few bundle workers: grown when all are busy, so that one script's source delays no other's, and gone again when there is nothing to do.
import { engineError } from '../errors/engine-error.ts'
import type { BundleResult } from './bundle-protocol.ts'
import { type BundleTask, BundleWorkerClient } from './bundle-worker-client.ts'

const MOST_WORKERS = 4
/** A start costs about 100 ms, an idle worker some 30 MB. */
const IDLE_MS = 3_000

interface Waiting {
  readonly task: BundleTask
  /** Listens to the task's signal while it waits. */
  readonly cancel: () => void
  readonly resolve: (result: Promise<BundleResult>) => void
  readonly reject: (reason: unknown) => void
}

/** Whoever made it closes it. */
export class BundlePool {
  readonly #idle: BundleWorkerClient[] = []
  readonly #all = new Set<BundleWorkerClient>()
  readonly #queue: Waiting[] = []
  #sleep: NodeJS.Timeout | undefined
  #isClosed = false

  /** Does a job on a worker that is free, on a new one, or later. Throws `DISPOSED` after `close`, the signal's reason, and what the worker throws. */
  run(task: BundleTask): Promise<BundleResult> {
    const { signal } = task
    if (this.#isClosed) return Promise.reject(engineError('DISPOSED', ['The bundler']))
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        reject(signal?.reason)
      }
      const waiting: Waiting = { task, cancel, resolve, reject }
      signal?.addEventListener('abort', cancel, { once: true })
      this.#queue.push(waiting)
      this.#next()
    })
  }

  /** Ends all workers, also busy ones; jobs that wait or run throw `DISPOSED`. Resolves when no thread and no process is left. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#sleep)
    for (const { task, cancel, reject } of this.#queue.splice(0)) {
      task.signal?.removeEventListener('abort', cancel)
      reject(engineError('DISPOSED', ['The bundler']))
    }
    await Promise.all([...this.#all].map((worker) => worker.end()))
  }

  #next(): void {
    const worker = this.#queue.length > 0 && !this.#isClosed ? this.#free() : undefined
    const waiting = worker && this.#queue.shift()
    if (worker === undefined || waiting === undefined) return
    clearTimeout(this.#sleep)
    waiting.task.signal?.removeEventListener('abort', waiting.cancel)
    const result = worker.run(waiting.task)
    waiting.resolve(result)
    result.then(
      () => this.#release(worker),
      () => this.#release(worker),
    )
  }

  #free(): BundleWorkerClient | undefined {
    const idle = this.#idle.pop()
    if (idle?.isUsable) return idle
    if (idle !== undefined) this.#retire(idle)
    if (this.#all.size >= MOST_WORKERS) return undefined
    const worker = new BundleWorkerClient()
    this.#all.add(worker)
    return worker
  }

  #release(worker: BundleWorkerClient): void {
    if (worker.isUsable) this.#idle.push(worker)
    else this.#retire(worker)
    this.#next()
    if (this.#idle.length > 0) this.#sleepLater()
  }

  #retire(worker: BundleWorkerClient): void {
    worker.end().then(() => {
      this.#all.delete(worker)
      this.#next()
    })
  }

  #sleepLater(): void {
    clearTimeout(this.#sleep)
    this.#sleep = setTimeout(() => {
      for (const worker of this.#idle.splice(0)) this.#retire(worker)
    }, IDLE_MS).unref()
  }
}
