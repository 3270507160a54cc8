// Where guest code is, read from the frames that the engine keeps in memory while it runs. Nothing of the guest runs for it and no room is needed, so it can be
// told of a run whose memory is full. What is read is bounded text, and as untrusted as what a script says itself.
import { PLACES, type Pointer } from './build.ts'
import { Bytecode, type SourcePlace } from './bytecode.ts'
import type { Layout, Machine } from './machine.ts'
import { readAtom, readString, readWord } from './memory-text.ts'

/** Frames that are looked at, and of them those that are a script's. */
const MOST_FRAMES = 1_000
const MOST_SHOWN = 20
/** Code and places that are looked at, of all frames together: a few milliseconds of a thread, which no limit of the script pays for. */
const MOST_BYTES = 256 * 1024
const MOST_PROPERTIES = 64
/** Of a property: what is not a plain value. */
const ACCESSOR = 0x30
const FLAGS_SHIFT = 26
const STRING_TAG = 0xfffffff9

interface Frame {
  readonly pointer: Pointer
  readonly name: string
  readonly code: Bytecode
  /** Behind the last call that it made, or what else the engine notes. */
  readonly noted: number | undefined
  /** It computes itself: what it has called last has returned. */
  readonly isTop: boolean
}

/** The frames of the script, the innermost first, as they were when they were read. */
export class CallStack {
  readonly #machine: Machine
  readonly #frames: readonly Frame[]

  private constructor(machine: Machine, frames: readonly Frame[]) {
    this.#machine = machine
    this.#frames = frames
  }

  /** Call this while the guest's frames are on the stack. Undefined where none of them is the script's. */
  static read(machine: Machine, { runtime }: Layout): CallStack | undefined {
    const frames: Frame[] = []
    let room = MOST_BYTES
    let pointer = readWord(machine, runtime + PLACES.frameInRuntime)
    for (let i = 0; i < MOST_FRAMES && pointer !== 0 && frames.length < MOST_SHOWN && room > 0; i++) {
      const fn = readWord(machine, pointer + PLACES.functionInFrame)
      const code = Bytecode.of(machine, runtime, fn)
      if (code !== undefined) {
        const noted = code.offsetOf(readWord(machine, pointer + PLACES.codeInFrame))
        room -= code.bytes
        if (room > 0) frames.push({ pointer, name: nameOf(machine, runtime, fn), code, noted, isTop: i === 0 })
      }
      pointer = readWord(machine, pointer)
    }
    return frames.length === 0 ? undefined : new CallStack(machine, frames)
  }

  /** As text, like the stack of an error. `needs` is what the innermost function asked for when it was cut. */
  describe(needs: 'time' | 'memory'): string {
    return this.#write(({ code, noted = 0, isTop }) => (isTop ? code.placeSince(noted, needs) : code.placeBefore(noted)))
  }

  /** As text, right after the engine has left frames that it interrupted: where exactly that was, is what such a frame was given last. */
  describeInterrupted(): string {
    return this.#write(({ pointer, code, noted = 0, isTop }) => {
      if (!isTop) return code.placeBefore(noted)
      const left = code.offsetOf(readWord(this.#machine, pointer + PLACES.codeInFrame))
      return left === undefined ? code.placeSince(noted, 'time') : code.placeAt(left)
    })
  }

  #write(placeOf: (frame: Frame) => SourcePlace): string {
    return this.#frames
      .map((frame) => {
        const { line, column } = placeOf(frame)
        return `    at ${frame.name || '<anonymous>'} (${frame.code.file}:${line}:${column})`
      })
      .join('\n')
  }
}

/** What a function is called, where that is a plain text of its own. */
function nameOf(machine: Machine, runtime: Pointer, fn: Pointer): string {
  const shape = readWord(machine, fn + PLACES.shapeInObject)
  const values = readWord(machine, fn + PLACES.valuesInObject)
  const count = Math.min(readWord(machine, shape + PLACES.countInShape), MOST_PROPERTIES)
  for (let i = 0; i < count; i++) {
    const property = shape + PLACES.propertiesInShape + 8 * i
    if (readAtom(machine, runtime, readWord(machine, property + 4)) !== 'name') continue
    const isPlain = ((readWord(machine, property) >>> FLAGS_SHIFT) & ACCESSOR) === 0
    const isText = isPlain && readWord(machine, values + 8 * i + 4) >>> 0 === STRING_TAG
    // A line is a frame, whatever a script calls its functions.
    return isText ? readString(machine, readWord(machine, values + 8 * i)).replaceAll(/[\r\n]/g, ' ') : ''
  }
  return ''
}
