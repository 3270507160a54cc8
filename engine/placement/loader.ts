// Loads scripts in a runner of their own, one at a time: a hostile top level can only end the loader.
import { engineError, isEngineError } from '../errors/engine-error.ts'
import type { Limits } from '../model/limits.ts'
import type { EngineObserver } from '../observe/observer.ts'
import type { BaseFamily } from '../runner/base-family.ts'
import { RunnerClient } from '../runner/runner-client.ts'
import type { Image } from '../sandbox/image.ts'
import type { LoadEnd } from '../sandbox/sandbox.ts'
import type { Placement } from './placement.ts'
import { changeOf } from './runner-change.ts'
import { endBy, Watchdog } from './watchdog.ts'

/** What is loaded. */
export interface LoadRequest {
  readonly code: string
  readonly touches: string
  readonly limits: Limits
  readonly now: number
  readonly seed: string
}

/** Decides, once the default export is known, what ctx is to carry (JSON of a grant's shape); undefined when the script is not to be frozen. */
export type ShapeOf = (descriptor: string) => string | undefined

/** What came of a load. */
export type Loaded = { readonly end: LoadEnd; readonly image?: Image }

/** An idle loader ends after this long. */
const IDLE_MS = 10_000

/** See the head of the file. */
export class Loader {
  readonly #placement: Placement
  readonly #family: BaseFamily
  readonly #observer: EngineObserver
  readonly #watchdog = new Watchdog({
    onStuck: (client, why) => {
      this.#watchdog.unwatch(client)
      void endBy(client, why)
    },
  })
  #current: { readonly client: RunnerClient; readonly opened: Promise<RunnerClient> } | undefined
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #closed = false

  constructor(placement: Placement, family: BaseFamily, observer: EngineObserver) {
    this.#placement = placement
    this.#family = family
    this.#observer = observer
  }

  /** Starts the loader before it is needed. */
  warm(): void {
    this.#open().catch(() => undefined) // the first load tells
  }

  /** Loads a script, and freezes it when `shapeOf` says so. Throws `LOAD_RUNNER_LOST`, `RUNNER_START_FAILED`, and what `shapeOf` throws. */
  load(request: LoadRequest, shapeOf: ShapeOf): Promise<Loaded> {
    const loaded = this.#last.then(() => this.#loadAnyhow(request, shapeOf))
    this.#last = loaded.catch(() => undefined) // its caller is told; the next one starts afresh
    return loaded
  }

  /** Ends the loader. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    await this.#end()
  }

  /** A loader that is lost was ended by somebody else, as far as anybody knows: the script gets another one, once. */
  async #loadAnyhow(request: LoadRequest, shapeOf: ShapeOf): Promise<Loaded> {
    try {
      return await this.#load(request, shapeOf)
    } catch (error) {
      if (this.#closed || !isEngineError(error) || error.code !== 'LOAD_RUNNER_LOST') throw error
      return await this.#load(request, shapeOf)
    }
  }

  async #load(request: LoadRequest, shapeOf: ShapeOf): Promise<Loaded> {
    if (this.#closed) throw engineError('LOAD_RUNNER_LOST', ['the engine was closed'])
    clearTimeout(this.#idle)
    const client = await this.#open()
    try {
      const { id, end: ending } = client.load(request)
      const end = await ending
      if (!end.ok) return { end }
      let shape: string | undefined
      try {
        shape = shapeOf(end.descriptor)
      } finally {
        if (shape === undefined) client.unload(id)
      }
      if (shape === undefined) return { end }
      const frozen = await client.freeze(id, shape, request.limits.loadCpuMs)
      return 'ok' in frozen ? { end: frozen } : { end, image: frozen }
    } finally {
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref()
    }
  }

  async #open(): Promise<RunnerClient> {
    this.#current ??= this.#start()
    return await this.#current.opened
  }

  #start(): { readonly client: RunnerClient; readonly opened: Promise<RunnerClient> } {
    const { client, opened } = RunnerClient.start(this.#placement.start('loader'), this.#placement.name, this.#family)
    const started = opened.then(() => {
      this.#watchdog.watch(client)
      this.#observer.runner?.({ kind: 'started', role: 'loader' })
      client.onClose((kind, facts) => {
        this.#watchdog.unwatch(client)
        this.#forget(client)
        this.#observer.runner?.(changeOf('loader', kind, facts))
      })
      return client
    })
    started.catch(() => this.#forget(client)) // whoever awaits it is told
    return { client, opened: started }
  }

  /** From now on another loader is started when one is needed. */
  #forget(client: RunnerClient): void {
    if (this.#current?.client === client) this.#current = undefined
  }

  /** Also one that is still being started. */
  async #end(): Promise<void> {
    const client = this.#current?.client
    this.#current = undefined
    await client?.kill()
  }
}
