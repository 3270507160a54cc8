// The transpiled, self-contained JavaScript of a script.
import type { ScriptId } from './script.ts'

/** What the bundler makes of a script. The code goes to runners; the source map never leaves the host. */
export interface Bundle {
  readonly script: ScriptId
  /** A JavaScript expression that evaluates to a function; called with `define`, it runs the module and passes its default export on. */
  readonly code: string
  /** SHA-256 of `code`, hex. */
  readonly hash: string
  /** The source map as JSON text (version 3); sources are paths relative to the scripts directory. */
  readonly sourceMap: string
  /** Paths of the files it was made of, relative to the scripts directory: watched for reload. */
  readonly inputs: readonly string[]
  /** Names of the npm packages in it that no lock file pins: their next version may come unseen. */
  readonly unpinned: readonly string[]
}
