// Frames: how two processes cut a stream of bytes into messages. Five bytes of header, the kind and the length of the body, then the body.
import { engineError } from '../errors/engine-error.ts'

/** Kinds of frames. */
export const FRAME = Object.freeze({
  /** Child, first of all: a {@link Greeting}. */
  greeting: 1,
  /** Child, before it ends: a {@link Failure}. */
  failure: 2,
  /** Both: messages as the runner's codec writes them, joined by line breaks. */
  text: 3,
  /** Both: an {@link ImageLabel}, a line break, the image's bytes. */
  image: 4,
  /** Child: the key of an image that it lacks. */
  want: 5,
  /** Host: are you there? */
  ping: 6,
  /** Child: yes. */
  pong: 7,
  /** Both: a message between a debugger and the inspector of the run that it watches. */
  inspector: 8,
})

/** What a child says of itself before anything else. */
export interface Greeting {
  /** What must be the same on both sides: {@link buildOf}. */
  readonly build: string
}

/** Why a child cannot go on. */
export interface Failure {
  /** A code of the table, where the error had one. */
  readonly code?: string
  readonly message: string
}

/** What belongs to an image's bytes. */
export interface ImageLabel {
  /** Names the image, on its way to a child. */
  readonly key?: string
  /** The request that it answers, on its way to the host. */
  readonly id?: number
}

/** Raised with every change of a frame. */
const FRAMING_VERSION = 2
/** Bytes of a header. */
const HEADER = 5
const MiB = 1024 * 1024
/** Bytes of a body, at most. The ceilings of the limits let no message and no image come near. */
const MOST_BYTES: Readonly<Record<number, number>> = Object.freeze({
  [FRAME.greeting]: 4 * 1024,
  [FRAME.failure]: 64 * 1024,
  [FRAME.text]: 256 * MiB,
  [FRAME.image]: 320 * MiB,
  [FRAME.want]: 64 * 1024,
  [FRAME.ping]: 0,
  [FRAME.pong]: 0,
  [FRAME.inspector]: 64 * MiB,
})

/** What host and child must have in common to understand each other's messages and images. */
export function buildOf(runtime: string): string {
  return `frames ${FRAMING_VERSION}, runtime ${runtime}, node ${process.versions.node}, v8 ${process.versions.v8}`
}

/** A frame of text, ready to be sent. */
export function textFrame(kind: number, text: string): Buffer {
  const length = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(HEADER + length)
  writeHeader(frame, kind, length)
  frame.utf8Write(text, HEADER)
  return frame
}

/** A frame with an image, ready to be sent. The bytes are copied. */
export function imageFrame(label: ImageLabel, bytes: Uint8Array): Buffer {
  const head = JSON.stringify(label)
  const at = HEADER + Buffer.byteLength(head) + 1
  const frame = Buffer.allocUnsafeSlow(at + bytes.length)
  writeHeader(frame, FRAME.image, frame.length - HEADER)
  frame.utf8Write(`${head}\n`, HEADER)
  frame.set(bytes, at)
  return frame
}

/** The parts of an image frame's body; `bytes` is a copy. Throws `FRAME_BROKEN`. */
export function readImage(body: Buffer): { readonly label: ImageLabel; readonly bytes: Uint8Array } {
  const cut = body.indexOf(10)
  if (cut === -1) throw engineError('FRAME_BROKEN', ['an image without a label'])
  return { label: JSON.parse(body.utf8Slice(0, cut)) as ImageLabel, bytes: Uint8Array.prototype.slice.call(body, cut + 1) }
}

/** Finds the frames in a stream of bytes, however it is cut. */
export class FrameReader {
  readonly #onFrame: (kind: number, body: Buffer) => void
  readonly #header = Buffer.alloc(HEADER)
  /** Bytes of the header that are there. */
  #headed = 0
  #body: Buffer | undefined
  /** Bytes of the body that are there. */
  #filled = 0

  /** `onFrame` is given a body that is its own only until it returns. */
  constructor(onFrame: (kind: number, body: Buffer) => void) {
    this.#onFrame = onFrame
  }

  /** Takes the next bytes. Throws `FRAME_BROKEN`, and what `onFrame` throws; the stream is of no use any more then. */
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#headed > 0 || chunk.length - at < HEADER) {
        at = this.#collect(chunk, at)
        continue
      }
      const length = checkedLength(chunk, at)
      const end = at + HEADER + length
      if (end > chunk.length) {
        at = this.#collect(chunk, at)
        continue
      }
      this.#onFrame(chunk[at] as number, chunk.subarray(at + HEADER, end))
      at = end
    }
  }

  /** Keeps what there is of a frame that is cut. Returns where the next bytes begin. */
  #collect(chunk: Buffer, at: number): number {
    if (this.#body === undefined) {
      const taken = chunk.copy(this.#header, this.#headed, at, at + HEADER - this.#headed)
      this.#headed += taken
      if (this.#headed < HEADER) return at + taken
      this.#body = Buffer.allocUnsafeSlow(checkedLength(this.#header, 0))
      this.#filled = 0
      at += taken
    }
    const body = this.#body
    const taken = chunk.copy(body, this.#filled, at)
    this.#filled += taken
    if (this.#filled === body.length) {
      this.#body = undefined
      this.#headed = 0
      this.#onFrame(this.#header[0] as number, body)
    }
    return at + taken
  }
}

function writeHeader(frame: Buffer, kind: number, length: number): void {
  frame[0] = kind
  frame.writeUInt32LE(length, 1)
}

function checkedLength(header: Buffer, at: number): number {
  const kind = header[at] as number
  const length = header.readUInt32LE(at + 1)
  const most = MOST_BYTES[kind]
  if (most === undefined) throw engineError('FRAME_BROKEN', [`a frame of kind ${kind}`])
  if (length > most) throw engineError('FRAME_BROKEN', [`a frame of ${length} bytes; its kind has ${most} at most`])
  return length
}
