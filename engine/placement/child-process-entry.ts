// What runs in a child process: here a placement meets the runtimes. Its standard input carries frames and nothing else, and so does the descriptor that it is named; it ends with its input.
import { Socket } from 'node:net'
import v8 from 'node:v8'
import { isEngineError } from '../errors/engine-error.ts'
import { Decoder } from '../runner/codec.ts'
import { DebugRunner } from '../runner/debug-runner.ts'
import type { ToRunner } from '../runner/protocol.ts'
import { Runner } from '../runner/runner.ts'
import { ImageArena } from '../sandbox/image-arena.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { ActivityWriter, RECORD_FD } from './activity-record.ts'
import { ChildImages } from './child-images.ts'
import { ChildOutput } from './child-output.ts'
import { buildOf, type Failure, FRAME, FrameReader, type Greeting, readImage } from './framing.ts'
import { Inbox } from './inbox.ts'

const INPUT_FD = 0
/** What a list of processes shows, once it has started. */
const TITLE = 'vivarium-runner'
const READ_BYTES = 256 * 1024
/** Results wait this long at most for others of the same frame, and so do messages that arrive while others are handled. */
const LONGEST_WAIT_MS = 1
/** What is needed to start and never again. */
const PERMISSIONS_TO_START = ['fs', 'fs.read', 'fs.write', 'addon', 'child', 'worker', 'wasi']

async function serve(runtime: string, outputFd: number): Promise<void> {
  // Whatever prints, by whatever way, prints where it is captured.
  Object.defineProperty(process, 'stdout', { get: () => process.stderr })
  const activity = new ActivityWriter(RECORD_FD)
  const output = new ChildOutput(outputFd, activity)
  const greeting: Greeting = { build: buildOf(runtime) }
  output.sendFrame(FRAME.greeting, JSON.stringify(greeting))
  try {
    const arena = new ImageArena()
    const makeRunner = await prepareRunner(runtime, arena.memory, output, activity)
    dropPermissions()
    process.title = TITLE
    listen(makeRunner, arena, output, activity)
  } catch (error) {
    fail(output, error)
  }
}

/** What drives cells here. */
type FarEnd = Pick<Runner, 'handle' | 'proceed' | 'isDue' | 'needs'> & { inspect?(text: string): void }

/** Reads everything from the disk that the runner needs. Said hello is later. */
async function prepareRunner(
  runtime: string,
  arena: WebAssembly.Memory,
  output: ChildOutput,
  activity: ActivityWriter,
): Promise<() => FarEnd> {
  if (runtime === 'v8-debug') {
    v8.setFlagsFromString('--max-old-space-size=0') // as below
    const { makeV8Base } = await import('../sandbox/v8/base.ts')
    const { debugSandbox } = await import('../sandbox/v8/debug-cell.ts')
    const sandbox = debugSandbox(makeV8Base(), arena)
    return () => new DebugRunner(output, sandbox, (text) => output.sendFrame(FRAME.inspector, text))
  }
  const sandbox = await makeSandbox(runtime, arena, activity)
  return () => new Runner(sandbox, output, activity)
}

/** The sandbox of a runtime. V8 is imported only where it is asked for: without isolated-vm everything else works. */
async function makeSandbox(runtime: string, arena: WebAssembly.Memory, activity: ActivityWriter): Promise<Sandbox> {
  if (runtime === 'quickjs') {
    const { createQuickJsSandbox } = await import('../sandbox/quickjs/quickjs-sandbox.ts')
    return createQuickJsSandbox({ arena }, activity)
  }
  // The ceiling was for this program's own heap, which has it by now. Left in force, it would stand in for the limit of each isolate.
  v8.setFlagsFromString('--max-old-space-size=0')
  const { createV8Sandbox } = await import('../sandbox/v8/v8-sandbox.ts')
  return createV8Sandbox({ arena }, activity)
}

/** From here on the process reads no file, starts nothing, loads no native code. */
function dropPermissions(): void {
  const permission = process.permission as { drop?: (scope: string) => void } | undefined // some versions of Node 24 have no drop
  for (const scope of PERMISSIONS_TO_START) permission?.drop?.(scope)
}

function listen(makeRunner: () => FarEnd, arena: ImageArena, output: ChildOutput, activity: ActivityWriter): void {
  const inbox = new Inbox()
  const runner = makeRunner()
  const want = (key: string): void => output.sendFrame(FRAME.want, key)
  const images = new ChildImages(arena, want, (key) => inbox.needs(key) || runner.needs(key))
  let isScheduled = false
  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(work)
  }
  const work = (): void => {
    isScheduled = false
    const startedAt = performance.now()
    while (step() && !inbox.isHalfDone(output.waiting) && performance.now() - startedAt < LONGEST_WAIT_MS);
    if (inbox.isEmpty && !runner.isDue) return output.flush()
    output.deliver()
    schedule() // after a turn of the loop: input is read, timers fire
  }
  /** One message, and one run that waited for its state. Whether there was anything. */
  const step = (): boolean => {
    const message = inbox.next()
    const admitted = message === undefined ? undefined : images.admit(message)
    if (admitted !== undefined) {
      activity.expectSibling(inbox.startsWithSiblingOf(admitted))
      runner.handle(admitted)
    }
    return runner.proceed() || message !== undefined
  }
  const take = (message: ToRunner): void => inbox.add(message)
  const decoder = new Decoder()
  const reader = new FrameReader((kind, body) => {
    if (kind === FRAME.text) return decoder.decode(body.utf8Slice(0, body.length), (message) => take(message as ToRunner))
    if (kind === FRAME.ping) return output.sendFrame(FRAME.pong, '')
    if (kind === FRAME.inspector) return runner.inspect?.(body.utf8Slice(0, body.length))
    if (kind !== FRAME.image) return
    const { label, bytes } = readImage(body)
    for (const message of images.add(label.key ?? '', { bytes })) take(message)
  })
  read((chunk) => {
    try {
      reader.push(chunk)
    } catch (error) {
      fail(output, error)
    }
    if (!isScheduled) work()
  })
}

/** Reads the input into one buffer, again and again. Where it ends, so does the process: nobody is left to work for. */
function read(push: (chunk: Buffer) => void): void {
  const callback = (length: number, buffer: Uint8Array): boolean => {
    push(Buffer.from(buffer.buffer, buffer.byteOffset, length))
    return true
  }
  const input = new Socket({ fd: INPUT_FD, readable: true, writable: false, onread: { buffer: Buffer.alloc(READ_BYTES), callback } })
  const end = (): never => process.exit()
  input.on('end', end).on('error', end).on('close', end)
}

/** Says why, and ends. */
function fail(output: ChildOutput, error: unknown): never {
  const message = error instanceof Error ? error.message : String(error)
  const failure: Failure = isEngineError(error) ? { code: error.code, message } : { message }
  output.sendFrame(FRAME.failure, JSON.stringify(failure))
  process.exit(1)
}

// Last, when everything is there.
const [, , runtime = '', outputFd] = process.argv
void serve(runtime, Number(outputFd))
