// A script as the store sees it: an id and files, not yet bundled.

/** A script's path below the scripts directory without its extension: `greet`, `reports/weekly`. A folder `name/index.ts` has the id `name`. */
export type ScriptId = string

/** Where a script starts. */
export interface ScriptEntry {
  readonly id: ScriptId
  /** The entry file's path relative to the store's root, with `/` between the parts: `greet.ts`, `reports/index.ts`. */
  readonly path: string
}
