// The TypeScript type of `ctx.files`, for the editors of people who write scripts.

/** An object type, as text. */
export const FILES_TYPES = `{
  /**
   * The text of a file. Paths begin with the name of a root that was granted: \`data/reports/june.txt\`; parts are separated by "/", and "." and ".." do not exist.
   * Rejects with FILE_NOT_FOUND where there is none, FILE_CONTENT_INVALID where it is not UTF-8, FILE_TOO_LARGE where it is longer than one read may be.
   */
  readText(path: string): Promise<string>
  /** The value of a JSON file. Rejects with FILE_CONTENT_INVALID where it is not JSON. */
  readJson<T = unknown>(path: string): Promise<T>
  /** The bytes of a file. With \`offset\` and \`length\` a part of it, shorter where the file ends: so a file of any size can be read. */
  readBytes(path: string, part?: { offset?: number; length?: number }): Promise<Uint8Array>
  /**
   * Writes a file: text as UTF-8, or bytes. Whoever reads sees the old content or the new one, never half. Folders on the way are made.
   * Rejects with FILES_QUOTA_EXCEEDED where it does not fit, FILE_DENIED where the root is granted for reading only.
   */
  write(path: string, content: string | Uint8Array): Promise<void>
  /** Writes a value as a JSON file. Rejects with FILE_CONTENT_INVALID for what JSON cannot hold (Map, Set, BigInt, bytes, NaN, cycles). */
  writeJson(path: string, value: unknown): Promise<void>
  /** Adds text or bytes to the end of a file, which is made where there is none. Safe when several runs do it at once. */
  append(path: string, content: string | Uint8Array): Promise<void>
  /**
   * The files and folders in a folder, or in a root, in the order of their names, a page at a time: at most \`limit\` (100 by default, up to 1,000).
   * While the answer has a \`cursor\`, pass it on for the next page.
   */
  list(path: string, options?: { cursor?: string; limit?: number }): Promise<{
    entries: ({ name: string; kind: 'file'; bytes: number; modified: Date } | { name: string; kind: 'folder'; modified: Date })[]
    cursor?: string
  }>
  /** What is under a path; undefined where nothing is, or nothing that scripts can reach. */
  stat(path: string): Promise<{ kind: 'file'; bytes: number; modified: Date } | { kind: 'folder'; modified: Date } | undefined>
  /** Removes a file, or a folder that is empty. Says whether there was one. */
  remove(path: string): Promise<boolean>
}`
