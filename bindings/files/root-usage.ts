// How much a root holds: counted by looking, remembered for a while, and kept up to date by what scripts write meanwhile.
import { LRUCache } from 'lru-cache'
import { HostFunctionError, isHostFunctionError } from '../host-function-error.ts'
import { steadyClock, systemClock } from '../system-clock.ts'
import { errnoOf, type Folder, unlessAbsent } from './folder.ts'

/** Bytes in files, and number of files and folders. */
export interface Usage {
  readonly bytes: number
  readonly entries: number
}

/** The most files and folders that a root may hold and still be written to: counting them must end. */
export const MOST_ENTRIES = 100_000
/** Names of files that are being written. */
export const TEMPORARY = /^\.vivarium-[0-9a-f]{32}$/

const DEEPEST = 64
const AT_ONCE = 32
const REMEMBERED_ROOTS = 1_000
/** Somebody else may write below a root: what is remembered is believed for so long before more is let in, and, shorter, before anything is refused. */
const BELIEVED_MS = 10_000
const BELIEVED_BEFORE_REFUSAL_MS = 500
/** Counting may take at most this part of the time. */
const COUNTING_SHARE = 1 / 50
/** A file that has been in the making for so long was left by a process that ended. */
const ABANDONED_MS = 10 * 60_000

interface Total {
  bytes: number
  entries: number
}

interface Counted extends Usage {
  /** Its name. */
  readonly root: string
  readonly at: number
  readonly tookMs: number
  readonly isDoubtful: boolean
}

type OpenRoot = () => Promise<Folder>

/** What the roots of an engine hold, by root. To be used by one writer of a root at a time. */
export class RootUsage {
  readonly #known = new LRUCache<string, Counted>({ max: REMEMBERED_ROOTS })

  /** Fails with `FILES_QUOTA_EXCEEDED` where the root would hold more than `quota`. What adds nothing is let in whatever there is. */
  async expectRoom(key: string, openRoot: OpenRoot, more: Usage, quota: Usage): Promise<void> {
    if (more.bytes <= 0 && more.entries <= 0) return
    const first = await this.#count(key, openRoot, BELIEVED_MS)
    if (excess(first, more, quota) === undefined) return
    const flaw = excess(await this.#count(key, openRoot, BELIEVED_BEFORE_REFUSAL_MS), more, quota)
    if (flaw !== undefined) throw HostFunctionError.of('FILES_QUOTA_EXCEEDED', flaw)
  }

  /** Adds what was written; less than nothing for what was removed. */
  add(key: string, { bytes, entries }: Usage): void {
    const known = this.#known.get(key)
    if (known !== undefined)
      this.#known.set(key, { ...known, bytes: Math.max(0, known.bytes + bytes), entries: Math.max(0, known.entries + entries) })
  }

  /** Is to be called where something failed halfway: it is counted again soon, though not by every writer who fails. */
  doubt(key: string): void {
    const known = this.#known.get(key)
    if (known !== undefined) this.#known.set(key, { ...known, isDoubtful: true })
  }

  async #count(key: string, openRoot: OpenRoot, believedMs: number): Promise<Counted> {
    const known = this.#known.get(key)
    const start = steadyClock()
    const believed = known?.isDoubtful === true ? 0 : believedMs
    if (known !== undefined && start - known.at < Math.max(believed, known.tookMs / COUNTING_SHARE)) return known
    await using root = await openRoot()
    const usage = await measure(root)
    const at = steadyClock()
    const counted = { ...usage, root: root.shown, at, tookMs: at - start, isDoubtful: false }
    this.#known.set(key, counted)
    return counted
  }
}

function excess(used: Counted, more: Usage, quota: Usage): string | undefined {
  if (more.bytes > 0 && used.bytes + more.bytes > quota.bytes)
    return `"${used.root}": ${used.bytes} of ${quota.bytes} bytes are used, and this would add ${more.bytes}`
  if (more.entries > 0 && used.entries + more.entries > quota.entries)
    return `"${used.root}": ${used.entries} of ${quota.entries} files and folders are there, and this would add ${more.entries}`
  return undefined
}

/** Counts what lies below a folder, whatever it is, and follows nothing. Files that were never completed are removed on the way. */
async function measure(root: Folder): Promise<Usage> {
  const total: Total = { bytes: 0, entries: 0 }
  await measureInto(total, root, root.shown, 0)
  return total
}

async function measureInto(total: Total, folder: Folder, root: string, depth: number): Promise<void> {
  const folders: string[] = []
  let files: string[] = []
  const countFiles = async () => {
    const sizes = await Promise.all(files.map((name) => sizeOf(folder, name)))
    for (const size of sizes) total.bytes += size
    files = []
  }
  for await (const entry of await folder.entries()) {
    total.entries++
    if (total.entries > MOST_ENTRIES)
      throw HostFunctionError.of('FILES_QUOTA_EXCEEDED', `"${root}": more than ${MOST_ENTRIES} files and folders are there`)
    if (entry.isDirectory()) folders.push(entry.name)
    if (entry.isFile()) files.push(entry.name)
    if (files.length === AT_ONCE) await countFiles()
  }
  await countFiles()
  if (depth === DEEPEST) return
  for (const name of folders) {
    await using next = await enterIfPossible(folder, name)
    if (next !== undefined) await measureInto(total, next, root, depth + 1)
  }
}

async function sizeOf(folder: Folder, name: string): Promise<number> {
  const stats = await folder.look(name)
  if (stats === undefined) return 0
  if (TEMPORARY.test(name) && systemClock() - stats.mtimeMs > ABANDONED_MS) await unlessAbsent(folder.removeFile(name))
  return stats.size
}

/** What the application may not enter, or what is gone, cannot be counted; nor can a script write there. */
async function enterIfPossible(folder: Folder, name: string): Promise<Folder | undefined> {
  try {
    return await folder.enter(name)
  } catch (error) {
    if (isHostFunctionError(error) || errnoOf(error) === 'EACCES') return undefined
    throw error
  }
}
