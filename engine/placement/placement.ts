// The seam of placements: WHERE a runner lives. A placement starts runners and hands out channels; it knows nothing of scripts.
import type { Channel } from '../runner/channel.ts'

/** What a runner is for. A loader never serves events: a hostile top level takes nobody with it. */
export type RunnerRole = 'loader' | 'runner'

/** Starts runners. */
export interface Placement {
  readonly name: 'inline' | 'thread' | 'process'
  /** A runner takes so long to start that another one is started as soon as one seems about to be ended. */
  readonly startsSlowly?: true
  /** Starts a runner. Its hello comes through the channel. Throws where it cannot even be tried. */
  start(role: RunnerRole): Channel
}
