// Why a child process ended, in words that may stand in an outcome, and whether what it computed then is to blame.
import type { OutcomeStatus } from '../model/outcome.ts'

/** How a process ended, and the last that it wrote about itself. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

/** See the head of the file. */
export interface Diagnosis {
  /** Names no file of the machine. */
  readonly reason: string
  /** Somebody else ended it. */
  readonly isFromOutside: boolean
  /** How it counts for what it computed then. */
  readonly blame?: OutcomeStatus
}

/** What a process that breaks down does to itself, or has done to it by the system for what it did. Others come from somebody else. */
const BREAKDOWNS: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGSEGV',
  'SIGBUS',
  'SIGILL',
  'SIGABRT',
  'SIGFPE',
  'SIGTRAP',
  'SIGSYS',
  'SIGXFSZ',
  'SIGXCPU',
])
/** What V8, isolated-vm and the C++ library say when memory is full. */
const OUT_OF_MEMORY = /out of memory|is_heap_oom = 1|Reached heap limit|Allocation failed|invalid (array|table) (length|size)|bad_alloc/i

/** Reads what is known of an end that nobody asked for. */
export function diagnose({ code, signal, stderr }: ProcessEnd): Diagnosis {
  const how = signal === null ? `the process ended with code ${code ?? '?'}` : `the process was ended by ${signal}`
  if (signal !== null && !BREAKDOWNS.has(signal)) return { reason: `${how}, which came from outside`, isFromOutside: true }
  if (OUT_OF_MEMORY.test(stderr))
    return { reason: `the JavaScript engine ran out of memory, and ${how}`, isFromOutside: false, blame: 'memory_exceeded' }
  return { reason: signal === null ? how : `the JavaScript engine broke down: ${how}`, isFromOutside: false, blame: 'runner_lost' }
}
