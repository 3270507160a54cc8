// A child process as the operating system has it: its pipes, its figures, its end. It knows no message.
import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { ActivityReader, openRecord } from './activity-record.ts'
import type { Command } from './child-command.ts'
import type { ProcessEnd } from './crash-diagnosis.ts'
import type { Guardian } from './guardian.ts'
import { ProcessFigures } from './process-figures.ts'

/** Who is told what a child does. */
export interface ProgramListener {
  /** It wrote to its standard output. */
  onBytes(chunk: Buffer): void
  /** It is gone, and everything that it wrote has been told; `error` when it could not even start. Called once. */
  onEnd(end: ProcessEnd, error: Error | undefined): void
}

/** Of what a child writes about itself, this much of the end is kept. */
const STDERR_CHARACTERS = 8 * 1024

/** See the head of the file. */
export class ChildProgram {
  /** What it computes. */
  readonly activity: ActivityReader
  readonly #listener: ProgramListener
  readonly #guardian: Guardian
  readonly #child: ChildProcess
  readonly #figures: ProcessFigures | undefined
  readonly #outputs: readonly Socket[]
  #stderr = ''
  #error: Error | undefined
  #isOver = false

  /** Starts it. It keeps the host alive until {@link release}. Throws `RUNNER_START_FAILED`. */
  constructor({ file, args }: Command, guardian: Guardian, listener: ProgramListener) {
    this.#listener = listener
    this.#guardian = guardian
    const record = openRecord()
    this.activity = new ActivityReader(record)
    this.#child = spawn(file, args, {
      env: { TZ: 'UTC' },
      cwd: '/',
      detached: true, // a session of its own: no terminal, no signal that is meant for the host
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe', record],
    })
    const { pid, stdin, stdout, stderr } = this.#child
    // On all systems these are sockets; there are none where the program could not be started.
    this.#outputs = [stdout, stderr].filter((stream) => stream instanceof Socket)
    if (stdin instanceof Socket) stdin.unref()
    this.#figures = pid === undefined ? undefined : new ProcessFigures(pid)
    if (pid !== undefined) guardian.add(pid)
    this.#listen()
  }

  /** Memory that it occupies; undefined where that cannot be known. */
  get residentBytes(): number | undefined {
    return this.#figures?.residentBytes
  }

  /** CPU time that it has had, in ms; undefined where that cannot be known. */
  get cpuMs(): number | undefined {
    return this.#figures?.cpuMs
  }

  /** Sends bytes, which are the child's from now on. Nothing happens when it is gone. */
  write(frame: Buffer): void {
    if (!this.#isOver) this.#child.stdin?.write(frame)
  }

  /** Keeps the host alive from now on, until it is gone and everything that it wrote has been read. */
  hold(): void {
    if (this.#isOver) return
    this.#child.ref()
    for (const stream of this.#outputs) stream.ref()
  }

  /** Does not keep the host alive any more. */
  release(): void {
    this.#child.unref()
    for (const stream of this.#outputs) stream.unref()
  }

  /** Ends it: nothing in it can prevent that. The host stays alive until it is gone. */
  kill(): void {
    this.hold()
    if (!this.#isOver) this.#child.kill('SIGKILL')
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child
    stdout?.on('data', (chunk: Buffer) => this.#listener.onBytes(chunk))
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS)
    })
    for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => undefined) // the close that follows tells
    this.#child.once('error', (error) => {
      this.#error = error
      if (this.#child.pid === undefined) this.#end(null, null)
    })
    this.#child.once('exit', () => this.#guardian.remove(this.#child.pid ?? 0))
    this.#child.once('close', (code, signal) => this.#end(code, signal))
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.onEnd({ code, signal, stderr: this.#stderr.trim() }, this.#error)
    this.#figures?.close()
    this.activity.close()
  }
}
