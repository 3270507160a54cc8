// Runners in worker threads: a thread that no longer listens can be ended, and its stack is large enough for the engine's own limit to act first.
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Activity } from '../runner/activity.ts'
import type { Channel } from '../runner/channel.ts'
import { Decoder, Encoder } from '../runner/codec.ts'
import type { FromRunner, ToRunner } from '../runner/protocol.ts'
import type { Placement, RunnerRole } from './placement.ts'

/** What a thread is started with. */
export interface ThreadData {
  readonly module: WebAssembly.Module
  readonly arena: WebAssembly.Memory
  readonly activity: SharedArrayBuffer
}

/** A guest's call takes up to 32 times as much of the thread's stack as of its own. */
const STACK_MB = 32
const ENTRY = new URL('./worker-thread-entry.ts', import.meta.url)

/** `parts` are shared with every thread: nothing is compiled or kept twice. */
export function threadPlacement(parts: Omit<ThreadData, 'activity'>): Placement {
  return { name: 'thread', start: (role) => new ThreadChannel(parts, role) }
}

class ThreadChannel implements Channel {
  readonly activity = new Activity()
  readonly #worker: Worker
  #listener: (message: FromRunner) => void = () => undefined
  readonly #encoder = new Encoder()
  readonly #decoder = new Decoder()
  #outbox: string[] = []
  /** Requests under way: they keep the process alive, an idle thread does not. */
  #busy = 0
  #isEnding = false

  constructor(parts: Omit<ThreadData, 'activity'>, role: RunnerRole) {
    const workerData: ThreadData = { ...parts, activity: this.activity.buffer }
    this.#worker = new Worker(ENTRY, {
      workerData,
      name: `vivarium ${role}`,
      env: environment(),
      argv: [],
      execArgv: [],
      stdin: false,
      resourceLimits: { stackSizeMb: STACK_MB },
    })
    this.#worker.on('message', (message: string | FromRunner) => {
      if (typeof message === 'string') this.#decoder.decode(message, (each) => this.#receive(each as FromRunner))
      else this.#receive(message)
    })
  }

  send(message: ToRunner): void {
    this.#expect(message)
    if (this.#outbox.push(this.#encoder.encode(message)) === 1) setImmediate(() => this.#flush())
  }

  onMessage(listener: (message: FromRunner) => void): void {
    this.#listener = listener
  }

  onClose(listener: (reason: string | undefined) => void): void {
    let reason: string | undefined
    this.#worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error)
    })
    this.#worker.once('exit', (code) => listener(reason ?? (code === 0 ? undefined : `the thread ended with code ${code}`)))
  }

  async cpuMs(): Promise<number | undefined> {
    try {
      const { user, system } = await this.#worker.cpuUsage()
      return (user + system) / 1_000
    } catch {
      return undefined // the thread has ended
    }
  }

  async kill(): Promise<void> {
    this.#isEnding = true
    await this.#worker.terminate()
  }

  #flush(): void {
    const text = this.#outbox.join('\n')
    this.#outbox = []
    this.#worker.postMessage(text)
  }

  #receive(message: FromRunner): void {
    if (message.kind === 'hello') this.#releaseWhenIdle()
    if (message.kind === 'ended' || message.kind === 'loaded' || message.kind === 'frozen') this.#settle()
    this.#listener(message)
  }

  #expect(message: ToRunner): void {
    if (message.kind !== 'run' && message.kind !== 'load' && message.kind !== 'freeze') return
    if (++this.#busy === 1) this.#worker.ref()
  }

  #settle(): void {
    this.#busy--
    this.#releaseWhenIdle()
  }

  /** One that is being ended keeps the process alive until it is gone: somebody waits for that, whatever it still says. */
  #releaseWhenIdle(): void {
    if (this.#busy === 0 && !this.#isEnding) this.#worker.unref()
  }
}

/** Nothing of the host's, save where Node keeps compiled code if the host has it do so: a thread starts several times faster with it. */
function environment(): { readonly NODE_COMPILE_CACHE?: string } {
  const directory = getCompileCacheDir()
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) }
}
