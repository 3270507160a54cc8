// The runners of an engine: one pool for each combination of runtime and placement, made when the first script needs it. What happens in one pool, a crash or a
// crowd, is nothing to the others.
import type { EngineObserver } from '../observe/observer.ts'
import { Loader } from '../placement/loader.ts'
import { Supervisor } from '../placement/supervisor.ts'
import { homeName, type ScriptHome } from '../policy/script-home.ts'
import type { BaseFamily } from '../runner/runner-client.ts'
import type { ImageArena } from '../sandbox/image-arena.ts'
import { choosePlacement } from './choose-placement.ts'

/** What loads and what runs the scripts of one home. */
export interface Pool {
  readonly loader: Loader
  readonly supervisor: Supervisor
}

/** What pools are made of. */
export interface PoolsOptions {
  readonly arena: ImageArena
  /** Runners that serve events, at most, in each pool. */
  readonly workers: number
  readonly clock: () => number
  readonly observer: EngineObserver
}

/** See the head of the file. */
export class Pools {
  readonly #options: PoolsOptions
  readonly #pools = new Map<string, Pool>()
  #isClosed = false

  constructor(options: PoolsOptions) {
    this.#options = options
  }

  /** The pool of a home. A new one starts its loader and its first runner at once. */
  of(home: ScriptHome): Pool {
    const name = homeName(home)
    let pool = this.#pools.get(name)
    if (pool === undefined) {
      pool = this.#make(home)
      this.#pools.set(name, pool)
    }
    return pool
  }

  /** Ends every runner. Jobs under way end as lost; a pool that is asked for later runs nothing. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#pools.values()].map(end))
  }

  #make(home: ScriptHome): Pool {
    const { arena, workers, clock, observer } = this.#options
    const { placement, runners } = choosePlacement(home, arena, workers)
    const family: BaseFamily = { baseHash: undefined }
    const loader = new Loader(placement, family, observer)
    const supervisor = new Supervisor({ placement, runners, family, clock, observer })
    if (this.#isClosed) {
      void end({ loader, supervisor }) // nothing was started: they only take note
    } else {
      loader.warm()
      supervisor.warm()
    }
    return { loader, supervisor }
  }
}

/** Runs first: while they end, nobody needs the loader. */
async function end({ loader, supervisor }: Pool): Promise<void> {
  await supervisor.close()
  await loader.close()
}
