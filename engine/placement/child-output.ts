// The child's way out: messages joined to frames, written in one system call each. What was written has left the child, however that ends.
import { writeSync } from 'node:fs'
import type { RunnerPort } from '../runner/channel.ts'
import { Encoder } from '../runner/codec.ts'
import type { FromRunner } from '../runner/protocol.ts'
import type { ActivityWriter } from './activity-record.ts'
import { FRAME, imageFrame, textFrame } from './framing.ts'
import { Undelivered } from './undelivered.ts'

/** A frame is sent once its text has become this long. */
const MOST_CHARACTERS = 1024 * 1024

/** See the head of the file. */
export class ChildOutput implements RunnerPort {
  readonly #fd: number
  readonly #activity: Pick<ActivityWriter, 'rest' | 'delivered'>
  readonly #encoder = new Encoder()
  #texts: string[] = []
  #characters = 0
  readonly #undelivered = new Undelivered()

  /** `activity` is told when the runner has done all it could, and when results have left. */
  constructor(fd: number, activity: Pick<ActivityWriter, 'rest' | 'delivered'>) {
    this.#fd = fd
    this.#activity = activity
  }

  send(message: FromRunner): void {
    if (message.kind === 'frozen') {
      this.deliver()
      return this.#write(imageFrame({ id: message.id }, message.image.bytes))
    }
    this.#undelivered.add(message)
    const text = this.#encoder.encode(message)
    this.#texts.push(text)
    this.#characters += text.length
    if (this.#characters > MOST_CHARACTERS) this.deliver()
  }

  /** Messages that wait to be sent. */
  get waiting(): number {
    return this.#texts.length
  }

  flush(): void {
    this.#activity.rest()
    this.deliver()
  }

  /** Sends what there is. */
  deliver(): void {
    if (this.#texts.length === 0) return
    const frame = textFrame(FRAME.text, this.#texts.length === 1 ? (this.#texts[0] as string) : this.#texts.join('\n'))
    this.#texts = []
    this.#characters = 0
    this.#undelivered.clear()
    this.#write(frame)
    this.#activity.delivered()
  }

  secure(key: string): void {
    if (this.#undelivered.mustGo(key)) this.deliver()
  }

  /** Sends a frame of its own. */
  sendFrame(kind: number, text: string): void {
    this.deliver()
    this.#write(textFrame(kind, text))
  }

  /** Waits for the host when it is slow to read: it has missed nothing then, and no limit runs meanwhile. */
  #write(frame: Buffer): void {
    for (let at = 0; at < frame.length; ) at += writeSync(this.#fd, frame, at)
  }
}
