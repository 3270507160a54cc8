// What a process occupies: memory, handles, threads, children. Taken before and after, so that the difference can be held against a bound.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'

/** What a process occupies at a moment. */
export interface Footprint {
  readonly heapBytes: number
  readonly externalBytes: number
  readonly rssBytes: number
  /** Names of active resources, without those of the output. */
  readonly handles: readonly string[]
  /** Undefined where the system does not tell. */
  readonly threads: number | undefined
  /** Command lines of the processes that this one started and that still run. */
  readonly children: readonly string[]
}

/** What may be left of a soak. Memory that was asked for once is kept for the next time by the allocator, more so with many threads. */
export const MOST_LEFT = Object.freeze({
  heapBytes: 8 * 1024 ** 2,
  externalBytes: 16 * 1024 ** 2,
  rssBytes: 128 * 1024 ** 2,
})

/**
 * What images may occupy once nearly all scripts are removed: those of the scripts that are left and of `evaluate`, and now and then one of a replaced version, which
 * a run that had waited for its turn made again; it stays until its room is needed.
 */
export function mostArenaBytes(seconds: number): number {
  return Math.round((512 + 8 * seconds) * 1024)
}

/** Takes a footprint, once garbage is collected and what has ended is gone. Exact with `--expose-gc`. */
export async function takeFootprint(): Promise<Footprint> {
  for (let turn = 0; turn < 6; turn++) {
    globalThis.gc?.()
    await sleep(50)
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return {
    heapBytes: heapUsed,
    externalBytes: external,
    rssBytes: rss,
    handles: process
      .getActiveResourcesInfo()
      .filter((name) => !/^(TTY|FS|WriteWrap|PipeWrap$)/.test(name))
      .sort(),
    threads: countThreads(),
    children: listChildren(),
  }
}

/** How often it is looked at again: on a busy machine, what has ended takes its time to be gone. */
const MOST_LOOKS = 30

/** Takes a footprint once nothing is left of what came after another one, or when whatever is left has had its time to go. */
export async function takeFootprintAfter(before: Footprint): Promise<Footprint> {
  let after = await takeFootprint()
  for (let looks = 1; looks < MOST_LOOKS && findGrowth(before, after).length > 0; looks++) after = await takeFootprint()
  return after
}

/** What has grown more than it may. */
export function findGrowth(before: Footprint, after: Footprint): string[] {
  const found: string[] = []
  for (const name of ['heapBytes', 'externalBytes', 'rssBytes'] as const) {
    const growth = after[name] - before[name]
    if (growth > MOST_LEFT[name]) found.push(`${name} grew by ${inMiB(growth)} MiB; at most ${inMiB(MOST_LEFT[name])} are allowed`)
  }
  if (after.handles.join() !== before.handles.join())
    found.push(`handles: ${before.handles.join(' ')} before, ${after.handles.join(' ')} after`)
  if ((after.threads ?? 0) > (before.threads ?? 0)) found.push(`threads: ${before.threads} before, ${after.threads} after`)
  if (after.children.length > 0) found.push(`processes are left: ${after.children.join('; ')}`)
  return found
}

function inMiB(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1)
}

function countThreads(): number | undefined {
  if (process.platform !== 'linux') return undefined
  return Number(/^Threads:\s+(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}

/** Zombies included: nobody has collected them. */
function listChildren(): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(parent) !== process.pid) return []
      return [
        `${entry} (${state}) ${readFileSync(`/proc/${entry}/cmdline`, 'utf8')
          .replace(/[\0\s]+/g, ' ')
          .slice(0, 100)}`,
      ]
    } catch {
      return [] // it ended between the listing and the look
    }
  })
}

/** Sees the arenas into which images are placed from now on, until it is disposed: an engine keeps its own to itself. */
export class SeenArenas implements Disposable {
  readonly #arenas = new Set<ImageArena>()
  readonly #place = ImageArena.prototype.place

  constructor() {
    const { place } = ImageArena.prototype
    const arenas = this.#arenas
    ImageArena.prototype.place = function (image) {
      arenas.add(this)
      return place.call(this, image)
    }
  }

  /** Bytes that images occupy in all of them. */
  get usedBytes(): number {
    return [...this.#arenas].reduce((sum, { usedBytes }) => sum + usedBytes, 0)
  }

  [Symbol.dispose](): void {
    ImageArena.prototype.place = this.#place
  }
}
