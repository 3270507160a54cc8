// One isolate, bound to one script for life, and the context that runs in it. Nothing of isolated-vm goes into a context but one callback, which the
// bootstrap captures before any script and which takes and gives text and numbers only.
import v8 from 'node:v8'
import type ivm from 'isolated-vm'
import type { V8Base } from './base.ts'
import { ENTRIES, type Entry } from './guest/entry.ts'

/** What the guest calls: answers with text, nothing, or a number when the guest must stop at once. */
export type Ask = (op: number, text: string) => string | number | undefined

/** Bytes that an isolate occupies. */
export interface MemoryUse {
  /** In the heap and beside it. */
  readonly usedBytes: number
  /** Of these, beside it. */
  readonly bufferBytes: number
}

/** A `SyntaxError` of code that does not parse, and where. */
export interface ParseFault {
  readonly name: string
  readonly message: string
  readonly stack: string
}

const MiB = 1024 * 1024
/** The least that isolated-vm accepts. */
const LEAST_MIB = 8
/** What V8 adds to a limit for its young generation: an isolate is ended when its live memory is above both. */
const YOUNG_MIB = 3
/** What a context of the base occupies, roughly. */
const BASE_BYTES = 1.5 * MiB
/** Where in a file the engine saw what it cannot parse: it writes the place behind its message. */
const PLACE = / \[script:(\d+):(\d+)\]$/
/** The compiled script hands what it is, which has not run yet, to the guest, and comes to the guest's way in. */
const HAND_OVER = 'vivarium('
/** Words without which no code that was written to be read leaves a job behind. */
const JOBS = /\b(?:async|then|catch\s*\(|finally\s*\(|Promise|queueMicrotask|eval|Function|constructor|import)\b/

/** The isolate's limit for memory above the base, in MiB as isolated-vm counts it. */
export function isolateMiB(memoryBytes: number): number {
  return Math.max(LEAST_MIB, Math.ceil((memoryBytes + BASE_BYTES) / MiB) - YOUNG_MIB + 1)
}

/** What the engine itself needs where it makes isolates and contexts, and of each limit of a script. */
const AMPLE_STACK_BYTES = 984 * 1024
const OWN_STACK_BYTES = 48 * 1024

let stackBytesInForce = 0

/** See the head of the file. */
export class ScriptIsolate {
  readonly #isolate: ivm.Isolate
  readonly #options: { timeout: number } = { timeout: 0 }
  /** Whether the script may leave jobs behind when its handler has settled. They are not run, but it takes time to see to that. */
  mayLeaveJobs = true
  #script: ivm.Script | undefined
  #context: ivm.Context | undefined
  #enter: ivm.Reference | undefined

  constructor(base: V8Base, limitMiB: number) {
    limitStack(AMPLE_STACK_BYTES)
    this.#isolate = new base.ivm.Isolate({ memoryLimit: limitMiB, snapshot: base.snapshot })
  }

  /** Whether it is gone: by `dispose`, or because its memory was full. */
  get isDisposed(): boolean {
    return this.#isolate.isDisposed
  }

  /** What it occupies, garbage included. */
  get memory(): MemoryUse {
    const { used_heap_size, externally_allocated_size } = this.#isolate.getHeapStatisticsSync()
    return { usedBytes: used_heap_size + externally_allocated_size, bufferBytes: externally_allocated_size }
  }

  /** Compiles the script, once for all contexts. Answers with the fault when it does not parse. */
  compile(code: string): ParseFault | undefined {
    limitStack(AMPLE_STACK_BYTES)
    this.mayLeaveJobs = JOBS.test(code)
    try {
      // Places are those of the code alone.
      this.#script = this.#isolate.compileScriptSync(`${HAND_OVER}${code}\n)`, { filename: 'script', columnOffset: -HAND_OVER.length })
      return undefined
    } catch (error) {
      const { name, message } = error as Error
      const [tail = '', line, column] = PLACE.exec(message) ?? []
      return {
        name,
        message: message.slice(0, message.length - tail.length),
        stack: line === undefined ? '' : `    at script:${line}:${column}\n`,
      }
    }
  }

  /** A brand-new context, in the place of the one before. */
  open(): void {
    this.#close()
    limitStack(AMPLE_STACK_BYTES)
    this.#context = this.#isolate.createContextSync()
  }

  /** Loads the compiled script into the new context; answers as the entry does. Throws as {@link ScriptIsolate.enter} does. */
  load(ask: Ask, now: number, seed: string, given: readonly unknown[], timeoutMs: number, stackBytes: number): unknown {
    limitStack(stackBytes + OWN_STACK_BYTES)
    const options = { reference: true, timeout: timeoutMs } as const
    this.#enter = this.#script?.runSync(this.#context as ivm.Context, options) as unknown as ivm.Reference | undefined
    return this.enter(ENTRIES.load, now, [ask, seed, this.mayLeaveJobs ? 1 : 0, ...given], timeoutMs, stackBytes)
  }

  /** Calls an entry and runs all jobs, for at most so many ms. Throws when that time is over, or the isolate is gone, or a rejection was handled by nobody. */
  enter(entry: Entry, now: number, given: readonly unknown[], timeoutMs: number, stackBytes: number): unknown {
    limitStack(stackBytes + OWN_STACK_BYTES)
    this.#options.timeout = timeoutMs
    return this.#enter?.applySync(undefined, [entry, now, ...given] as never, this.#options)
  }

  /** Ends it, and whatever it computes. */
  dispose(): void {
    this.#enter = undefined
    this.#context = undefined
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  #close(): void {
    this.#enter?.release()
    this.#context?.release()
    this.#enter = undefined
    this.#context = undefined
  }
}

/** The stack that is left to whoever enters an isolate next. The engine reads it at each entry. */
function limitStack(bytes: number): void {
  if (bytes === stackBytesInForce) return
  stackBytesInForce = bytes
  v8.setFlagsFromString(`--stack-size=${Math.ceil(bytes / 1024)}`)
}
