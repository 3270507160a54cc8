// Watches how much memory a child process occupies, where the system tells (Linux). esbuild repeats the whole source line in each of its
// messages: 50 KB of repeated declarations on one line would take gigabytes within the deadline.
import { readFileSync } from 'node:fs'

const EVERY_MS = 25

/** A watch that must be stopped. */
export interface MemoryWatch {
  isExceeded(): boolean
  stop(): void
}

/** Calls `onExceeded` once when the process `pid()` occupies more than `maxBytes`. */
export function watchMemory(pid: () => number | undefined, maxBytes: number, onExceeded: () => void): MemoryWatch {
  let isExceeded = false
  const timer = setInterval(() => {
    const id = pid()
    if (id === undefined || residentBytes(id) <= maxBytes) return
    isExceeded = true
    clearInterval(timer)
    onExceeded()
  }, EVERY_MS)
  return { isExceeded: () => isExceeded, stop: () => clearInterval(timer) }
}

/** 0 where the system does not say: there the deadline alone bounds what a source can cost. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kibibytes ?? 0) * 1024
  } catch {
    // The process has ended.
    return 0
  }
}
