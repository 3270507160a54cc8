// What the operating system says of a child process: CPU time and memory, also while it listens to nobody. Only Linux tells; elsewhere both are unknown.
import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes in a page of memory: `statm` counts these. */
const PAGE_BYTES = 4_096
const NANOSECONDS_A_MS = 1e6

/** Of one process. Holds descriptors until it is closed: they mean this process even when its number is given to another. */
export class ProcessFigures {
  readonly #statm: number | undefined
  /** Of the thread on which scripts run. */
  readonly #schedstat: number | undefined
  readonly #bytes = Buffer.alloc(128)
  #isClosed = false

  constructor(pid: number) {
    this.#statm = tryOpen(`/proc/${pid}/statm`)
    this.#schedstat = tryOpen(`/proc/${pid}/task/${pid}/schedstat`)
  }

  /** Memory that it occupies. */
  get residentBytes(): number | undefined {
    const pages = this.#read(this.#statm)?.split(' ')[1]
    return pages === undefined ? undefined : Number(pages) * PAGE_BYTES
  }

  /** CPU time that it has had. */
  get cpuMs(): number | undefined {
    const nanoseconds = this.#read(this.#schedstat)?.split(' ')[0]
    return nanoseconds === undefined ? undefined : Number(nanoseconds) / NANOSECONDS_A_MS
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const fd of [this.#statm, this.#schedstat]) if (fd !== undefined) closeSync(fd)
  }

  #read(fd: number | undefined): string | undefined {
    if (fd === undefined || this.#isClosed) return undefined
    try {
      return this.#bytes.utf8Slice(0, readSync(fd, this.#bytes, 0, this.#bytes.length, 0))
    } catch {
      return undefined // it has ended
    }
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch {
    return undefined
  }
}
