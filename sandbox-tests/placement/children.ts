// The child processes of a host, as the operating system tells of them.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { until } from '../harness/engines.ts'

/** Only Linux tells. */
export const TELLS = process.platform === 'linux'

/** A process of this machine. */
export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly session: number
  /** One letter: `Z` for one that has ended and that nobody has asked about. */
  readonly state: string
  /** Its command line, with spaces between its parts. */
  readonly command: string
}

/** All processes whose parent is `parent`. */
export function childrenOf(parent = process.pid): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => factsOf(Number(name)) ?? [])
    .filter((facts) => facts.parent === parent)
}

/** The runners among them. */
export function runnersOf(parent = process.pid): ProcessFacts[] {
  return childrenOf(parent).filter(({ command }) => /vivarium-runner/.test(command))
}

/** What is known of a process; undefined when it is gone. */
export function factsOf(pid: number): ProcessFacts | undefined {
  try {
    const [, state = '', parent, , session] = /^\d+ \(.*\) (\S) (\d+) (\d+) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { pid, state, parent: Number(parent), session: Number(session), command }
  } catch {
    return undefined
  }
}

/** Waits until processes are gone: ended, and forgotten by the system or left to whoever inherits them. */
export function untilGone(pids: readonly number[]): Promise<void> {
  return until(() => pids.every((pid) => (factsOf(pid)?.state ?? 'Z') === 'Z'), `the end of ${pids.join(', ')}`)
}

/** Where the open descriptors of this process lead, without those that come and go by themselves. */
export function openFiles(): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).replace(/\d+/g, '#')
      } catch {
        return ''
      }
    })
    .filter((path) => path !== '' && !path.endsWith('/fd'))
    .sort()
}
