// Time that work takes on this thread alone: neither what else the machine does nor a pause of it counts, as they would by a clock on the wall.

/** Milliseconds of CPU time that some work takes on this thread. */
export function ownMs(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
