// Runners in child processes: whatever a script does to its process, the host's is another one. A child has an empty environment, reads the engine's own files
// and nothing else, and is ended by SIGKILL when it no longer listens.
import { CODES, type ErrorCode } from '../errors/codes.ts'
import { EngineError, engineError } from '../errors/engine-error.ts'
import type { Channel, CloseFacts } from '../runner/channel.ts'
import { Decoder, Encoder } from '../runner/codec.ts'
import type { FromRunner, RequestId, RunMessage, ToRunner } from '../runner/protocol.ts'
import { checkFromChild } from './check-message.ts'
import { type Command, childCommand } from './child-command.ts'
import { ChildProgram } from './child-program.ts'
import { diagnose, type ProcessEnd } from './crash-diagnosis.ts'
import { buildOf, type Failure, FRAME, FrameReader, type Greeting, imageFrame, readImage, textFrame } from './framing.ts'
import { Guardian } from './guardian.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Placement } from './placement.ts'

/** What children are made of. */
export interface ProcessParts {
  readonly runtime: 'quickjs' | 'v8'
  /** Where the host keeps images (ImageArena.memory): a child that lacks one is sent a copy. */
  readonly arena: WebAssembly.Memory
  /** With runtime `v8`: no machine code is made of what scripts are. QuickJS cannot do without the compiler: it is WebAssembly. */
  readonly jitless?: boolean
  /** A child that occupies more memory than this beside the limits of the runs in it is ended. Enforced on Linux. */
  readonly rssBytes?: number
  /** Runs are watched by a debugger: told of each child, before it says anything. With runtime `v8`. */
  readonly onDebugged?: (child: DebuggedChild) => void
}

/** The inspector of the run in a child. */
export interface DebuggedChild {
  /** Sends a message of the debugger. Nothing happens when the child is gone. */
  inspect(text: string): void
  /** Told of every message of the inspector. */
  onInspector: (text: string) => void
}

/** What all children of a placement have in common. */
export interface Household {
  /** What a child must say of itself. */
  readonly build: string
  readonly arena: WebAssembly.Memory
  readonly rssBytes: number
  readonly command: Command
  readonly guardian: Guardian
}

/** What the program, its idle cells and its images take, with room to spare: V8 lets go of memory late. */
const RSS_BYTES = 512 * 1024 ** 2
/** A child that has not said hello by then never will; on a busy machine that takes seconds. */
const LONGEST_START_MS = 30_000
/** A frame is sent once its text has become this long. */
const MOST_CHARACTERS = 1024 * 1024

/** Runners in processes of their own. Throws `OPTIONS_INVALID` for `jitless` with a runtime that cannot do without the compiler. */
export function processPlacement({ runtime, arena, jitless = false, rssBytes = RSS_BYTES, onDebugged }: ProcessParts): Placement {
  if (jitless && runtime !== 'v8')
    throw engineError('OPTIONS_INVALID', ['"jitless" is for the runtime "v8": QuickJS is WebAssembly, which has to be compiled.'])
  const isDebugged = onDebugged !== undefined
  const command = childCommand({ runtime, jitless, isDebugged })
  const build = buildOf(isDebugged ? `${runtime}-debug` : runtime)
  const household = { build, arena, rssBytes, command, guardian: new Guardian() }
  const start = (): Channel => {
    const channel = new ChildChannel(household)
    onDebugged?.(channel)
    return channel
  }
  return { name: 'process', startsSlowly: true, start }
}

/** The host's end of a pipe to a child, which it starts. */
export class ChildChannel implements Channel, DebuggedChild {
  onInspector: (text: string) => void = () => undefined
  readonly #household: Household
  readonly #program: ChildProgram
  readonly #reader = new FrameReader((kind, body) => this.#take(kind, body))
  readonly #gone = Promise.withResolvers<void>()
  readonly #startTimer: NodeJS.Timeout
  #listener: (message: FromRunner) => void = () => undefined
  #onClose: (reason: string | undefined, facts?: CloseFacts) => void = () => undefined
  readonly #encoder = new Encoder()
  readonly #decoder = new Decoder()
  #texts: string[] = []
  #characters = 0
  readonly #heartbeat = new Heartbeat(() => this.#program.write(textFrame(FRAME.ping, '')))
  /** Runs under way. They keep the host alive, an idle child does not; and while they are, their images stay where they are. */
  readonly #runs: RunMessage[] = []
  /** Those of them for which an image was sent. */
  readonly #served = new Set<RequestId>()
  /** Loads under way. */
  readonly #loads = new Set<RequestId>()
  #isGreeted = false
  #isStarting = true
  #isKilled = false
  #isGone = false
  /** Why the host gave it up. */
  #error: Error | undefined

  constructor(household: Household) {
    this.#household = household
    this.#program = new ChildProgram(household.command, household.guardian, {
      onBytes: (chunk) => this.#read(chunk),
      onEnd: (end, error) => this.#close(end, error),
    })
    this.#startTimer = setTimeout(() => this.#giveUp(startError(`it said no hello within ${LONGEST_START_MS / 1000} s`)), LONGEST_START_MS)
  }

  get activity(): Channel['activity'] {
    return this.#program.activity
  }

  send(message: ToRunner): void {
    if (this.#isGone) return
    this.#expect(message)
    const text = this.#encoder.encode(message)
    this.#characters += text.length
    if (this.#texts.push(text) === 1) setImmediate(() => this.#flush())
    if (this.#characters > MOST_CHARACTERS) this.#flush()
  }

  inspect(text: string): void {
    if (!this.#isGone) this.#program.write(textFrame(FRAME.inspector, text))
  }

  onMessage(listener: (message: FromRunner) => void): void {
    this.#listener = listener
  }

  onClose(listener: (reason: string | undefined, facts?: CloseFacts) => void): void {
    this.#onClose = listener
  }

  cpuMs(): Promise<number | undefined> {
    return Promise.resolve(this.#program.cpuMs)
  }

  readonly isOverweight = (): boolean => {
    let mostBytes = this.#household.rssBytes
    for (const { limits } of this.#runs) mostBytes += limits.memoryBytes
    return (this.#program.residentBytes ?? 0) > mostBytes
  }

  readonly isMute = (): boolean => this.#heartbeat.isMissed()

  kill(): Promise<void> {
    this.#isKilled = true
    this.#program.kill()
    return this.#gone.promise
  }

  #read(chunk: Buffer): void {
    if (this.#error !== undefined) return
    this.#heartbeat.heard()
    try {
      this.#reader.push(chunk)
    } catch (error) {
      this.#giveUp(error instanceof Error ? error : startError(String(error)))
    }
  }

  #take(kind: number, body: Buffer): void {
    if (!this.#isGreeted) return this.#greet(kind, body)
    switch (kind) {
      case FRAME.text:
        return this.#decoder.decode(textOf(body), (message) => this.#receive(checkFromChild(message)))
      case FRAME.want:
        return this.#sendImage(textOf(body))
      case FRAME.image: {
        const { label, bytes } = readImage(body)
        return this.#receive({ kind: 'frozen', id: label.id ?? 0, image: { bytes } })
      }
      case FRAME.pong:
        return
      case FRAME.inspector:
        return this.onInspector(textOf(body))
      case FRAME.failure:
        throw errorOf(JSON.parse(textOf(body)) as Failure)
      default:
        throw engineError('FRAME_BROKEN', ['a second greeting'])
    }
  }

  #greet(kind: number, body: Buffer): void {
    if (kind !== FRAME.greeting) throw engineError('FRAME_BROKEN', ['something else than a greeting'])
    const { build } = JSON.parse(textOf(body)) as Greeting
    if (build !== this.#household.build) throw engineError('RUNNER_BUILD_MISMATCH', [this.#household.build, String(build)])
    this.#isGreeted = true
  }

  #receive(message: FromRunner): void {
    if (message.kind === 'hello') this.#started()
    else if (message.kind === 'ended') this.#forget(message.id)
    else if (message.kind !== 'call') this.#loads.delete(message.id)
    this.#releaseWhenIdle()
    this.#listener(message)
  }

  #forget(id: RequestId): void {
    const at = this.#runs.findIndex((run) => run.id === id)
    if (at !== -1) this.#runs.splice(at, 1) // they stay in order: the image is sent for the one that has waited longest
    this.#served.delete(id)
  }

  #started(): void {
    this.#isStarting = false
    clearTimeout(this.#startTimer)
  }

  /** The run that waits for an image is under way, so the image is where the run says. No run needs it twice: a child cannot make its host copy without end. */
  #sendImage(key: string): void {
    const run = this.#runs.find((each) => each.key === key && !this.#served.has(each.id))
    if (run === undefined) throw engineError('FRAME_BROKEN', ['the wish for an image that no run needs'])
    this.#served.add(run.id)
    const { offset, length } = run.image
    this.#program.write(imageFrame({ key }, new Uint8Array(this.#household.arena.buffer, offset, length)))
  }

  #expect(message: ToRunner): void {
    if (message.kind === 'run') this.#runs.push(message)
    else if (message.kind === 'load' || message.kind === 'freeze') this.#loads.add(message.id)
    else return
    if (this.#runs.length + this.#loads.size === 1) this.#program.hold()
  }

  #releaseWhenIdle(): void {
    if (this.#runs.length + this.#loads.size === 0 && !this.#isStarting && !this.#isKilled) this.#program.release()
  }

  #flush(): void {
    if (this.#texts.length === 0) return
    const text = this.#texts.length === 1 ? (this.#texts[0] as string) : this.#texts.join('\n')
    this.#texts = []
    this.#characters = 0
    this.#program.write(textFrame(FRAME.text, text))
  }

  /** Whatever is wrong with the child, it is of no use any more. */
  #giveUp(error: Error): void {
    this.#error ??= error
    this.#program.kill()
  }

  #close(end: ProcessEnd, error: Error | undefined): void {
    clearTimeout(this.#startTimer)
    this.#isGone = true
    this.#tell(end, error)
    this.#gone.resolve()
  }

  #tell(end: ProcessEnd, failure: Error | undefined): void {
    const error = this.#error ?? (failure === undefined ? undefined : startError(failure.message))
    const detail = end.stderr === '' ? {} : { detail: end.stderr }
    if (error !== undefined) return this.#onClose(error.message, { ...detail, error })
    if (this.#isKilled) return this.#onClose(undefined, detail)
    const { reason, ...facts } = diagnose(end)
    this.#onClose(reason, { ...detail, ...facts })
  }
}

function textOf(body: Buffer): string {
  return body.utf8Slice(0, body.length)
}

function startError(why: string): EngineError {
  return engineError('RUNNER_START_FAILED', ['process', why])
}

/** The error that a child reports. */
function errorOf({ code, message }: Failure): EngineError {
  if (code !== undefined && Object.hasOwn(CODES, code)) return new EngineError(code as ErrorCode, String(message))
  return startError(String(message))
}
