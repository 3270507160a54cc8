// The child processes of this process that are runners, as the operating system shows them. Linux only.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What runners are called in a list of processes. */
const TITLE = 'vivarium-runner'
/** Long enough for a process that computes to be seen, on a busy machine too. */
const LOOK_EVERY_MS = 60
const MOST_LOOKS = 1_000
/** In hundredths of a second of CPU time. */
const ENDLESS_TICKS = 80
/** Fields of /proc/PID/stat behind the name, which is in parentheses. */
const PARENT = 1
const SESSION = 3
const USER_TICKS = 11
const SYSTEM_TICKS = 12

/** Pids of the runners that this process has started, those that do not serve events included. */
export function listChildRunners(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && stat(entry)?.[PARENT] === String(process.pid))
    .filter((entry) => read(entry, 'cmdline').startsWith(TITLE))
    .map(Number)
}

/** The runner that computes without end. What others compute while they start is far less. */
export async function findBusyChildRunner(): Promise<number> {
  const start = measure()
  return await look(
    (busy, now) => busy.find((pid) => (now.get(pid) ?? 0) - (start.get(pid) ?? 0) >= ENDLESS_TICKS),
    'no runner computes without end',
  )
}

/** Waits until every runner has started, and none computes. */
export async function untilChildRunnersRest(): Promise<void> {
  let quiet = 0
  await look((busy) => {
    quiet = busy.length === 0 ? quiet + 1 : 0
    return quiet >= 3 || undefined
  }, 'runners do not come to rest')
}

/** Looks at who computes, until that says what is to be known. */
async function look<T>(judge: (busy: readonly number[], now: ReadonlyMap<number, number>) => T | undefined, failure: string): Promise<T> {
  let last = measure()
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    await sleep(LOOK_EVERY_MS)
    const now = measure()
    const verdict = judge(
      [...now].filter(([pid, worked]) => worked > (last.get(pid) ?? 0)).map(([pid]) => pid),
      now,
    )
    if (verdict !== undefined) return verdict
    last = now
  }
  throw new Error(failure)
}

function measure(): Map<number, number> {
  return new Map(listChildRunners().map((pid) => [pid, ticks(pid)]))
}

/** A process as one looks at it from outside; empty texts when it is gone. */
export interface ProcessSight {
  readonly environment: string
  readonly command: string
  readonly limits: string
  readonly session: string | undefined
  /** What its descriptors lead to. */
  readonly files: readonly string[]
  /** The most memory that it has ever occupied, in MiB. */
  readonly peakMiB: number
}

/** Looks at a process. */
export function lookAt(pid: number): ProcessSight {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(read(pid, 'status'))?.[1] ?? '0'
  return {
    environment: read(pid, 'environ'),
    command: read(pid, 'cmdline').replaceAll('\0', ' '),
    limits: read(pid, 'limits'),
    session: stat(pid)?.[SESSION],
    files: listDescriptors(pid),
    peakMiB: Number(peak) / 1024,
  }
}

/** Sends a signal; nothing happens when the process is gone. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function ticks(pid: number): number {
  const fields = stat(pid)
  return Number(fields?.[USER_TICKS] ?? 0) + Number(fields?.[SYSTEM_TICKS] ?? 0)
}

function stat(pid: number | string): string[] | undefined {
  const text = read(pid, 'stat')
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function read(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // it has ended
  }
}

function listDescriptors(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      return [] // closed meanwhile
    }
  })
}
