// The seam between the engine and wherever scripts are kept.
import type { ScriptEntry } from '../model/script.ts'

/** A file's content as it was at one moment. */
export interface StoredFile {
  /** Path relative to the root, `/` between the parts. */
  readonly path: string
  readonly text: string
}

/** Stops watching; resolves when no further change will be reported. */
export interface StoreWatch {
  close(): Promise<void>
}

/** Scripts and the files they import. All paths are relative to the root, with `/` between the parts, never leading out of it. */
export interface ScriptStore {
  /** An absolute directory from which npm packages resolve; undefined where there is none (a store in memory). Never shown to a script. */
  readonly directory: string | undefined
  /** The scripts that there are now, in order of id. Throws `SCRIPT_ID_CONFLICT`, `SCRIPTS_DIRECTORY_MISSING`. */
  list(): Promise<readonly ScriptEntry[]>
  /**
   * Reads one file. Undefined where there is no such regular file inside the root (a directory, a device, a FIFO, a link that leads out count as absent).
   * Throws `SOURCE_UNREADABLE` when it exists and cannot be read, `SOURCE_TOO_LARGE` above `maxBytes`.
   */
  read(path: string, maxBytes: number): Promise<StoredFile | undefined>
  /** Reports, after things have settled, the paths that were added, changed or removed. Bursts come as one report. */
  watch(onChange: (paths: ReadonlySet<string>) => void): Promise<StoreWatch>
}
