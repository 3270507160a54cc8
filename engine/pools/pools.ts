// The runners of an engine: one pool for each combination of runtime and placement, made when the first script needs it and ended when the last one has left.
// What happens in one pool, a crash or a crowd, is nothing to the others.
import type { EngineObserver } from '../observe/observer.ts'
import { type Loaded, Loader, type LoadRequest, type ShapeOf } from '../placement/loader.ts'
import type { Placement } from '../placement/placement.ts'
import { Supervisor } from '../placement/supervisor.ts'
import type { ScriptHome } from '../policy/script-home.ts'
import type { ImageClaim } from '../registry/image-store.ts'
import type { BaseFamily } from '../runner/base-family.ts'
import type { ImageArena } from '../sandbox/image-arena.ts'
import { choosePlacement } from './choose-placement.ts'

/** What pools are made of. */
export interface PoolsOptions {
  readonly arena: ImageArena
  /** Runners that serve events, at most, in each pool. */
  readonly workers: number
  readonly clock: () => number
  readonly observer: EngineObserver
  /** Where runs are, in place of the placement of their home, where scripts are still loaded. One at a time. */
  readonly runsIn?: ((arena: ImageArena) => Placement) | undefined
}

interface Pool {
  readonly name: string
  readonly loader: Loader
  readonly supervisor: Supervisor
  /** Loads and runs under way. */
  holds: number
}

/** See the head of the file. */
export class Pools {
  readonly #options: PoolsOptions
  readonly #pools = new Map<string, Pool>()
  /** Names of homes that scripts have. */
  #lived: ReadonlySet<string> = new Set()
  /** Pools that are being ended. */
  readonly #ending = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: PoolsOptions) {
    this.#options = options
  }

  /** Says where scripts live: pools elsewhere end as soon as nothing is under way in them, those that there are not yet are made. */
  settle(homes: readonly ScriptHome[]): void {
    this.#lived = new Set(homes.map(({ name }) => name))
    for (const home of homes) this.#of(home)
    for (const pool of this.#pools.values()) this.#endIfLeft(pool)
  }

  /** Loads a script in its home. Rejects as `Loader.load` does. */
  async load(home: ScriptHome, request: LoadRequest, shapeOf: ShapeOf): Promise<Loaded> {
    const pool = this.#of(home)
    pool.holds++
    try {
      return await pool.loader.load(request, shapeOf)
    } finally {
      pool.holds-- // it stays, because the script is about to live there; where it is not, the next `settle` finds the pool
    }
  }

  /** Whoever runs the scripts of a home, for those who {@link hold} it. */
  supervisor(home: ScriptHome): Supervisor {
    return this.#of(home).supervisor
  }

  /** A claim that keeps the pool of a home too, until it is released. */
  hold(home: ScriptHome, claim: ImageClaim): ImageClaim {
    const pool = this.#of(home)
    pool.holds++
    const release = (): void => {
      claim.release()
      pool.holds--
      this.#endIfLeft(pool)
    }
    return { ref: claim.ref, release }
  }

  /** Ends every runner. Jobs under way end as lost; a pool that is asked for later runs nothing. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const pool of this.#pools.values()) this.#end(pool)
    await Promise.all(this.#ending)
  }

  /** A new pool starts its loader and its first runner at once. */
  #of(home: ScriptHome): Pool {
    let pool = this.#pools.get(home.name)
    if (pool === undefined) {
      pool = this.#make(home)
      this.#pools.set(home.name, pool)
    }
    return pool
  }

  #make(home: ScriptHome): Pool {
    const { arena, workers, clock, observer, runsIn } = this.#options
    const chosen = choosePlacement(home, arena, workers)
    const { placement, runners } = runsIn === undefined ? chosen : { placement: runsIn(arena), runners: 1 }
    const family: BaseFamily = { baseHash: undefined }
    const loader = new Loader(chosen.placement, family, observer)
    const supervisor = new Supervisor({ placement, runners, family, clock, observer })
    const pool = { name: home.name, loader, supervisor, holds: 0 }
    if (this.#isClosed) this.#end(pool)
    else {
      loader.warm()
      supervisor.warm()
    }
    return pool
  }

  /** A pool that was left may have a successor of the same name. */
  #endIfLeft(pool: Pool): void {
    if (pool.holds > 0 || this.#lived.has(pool.name) || this.#pools.get(pool.name) !== pool) return
    this.#pools.delete(pool.name)
    this.#end(pool)
  }

  /** Runs first: while they end, nobody needs the loader. */
  #end({ loader, supervisor }: Pool): void {
    const ending = supervisor.close().then(() => loader.close())
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
  }
}
