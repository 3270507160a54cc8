// The images of a child process. It keeps those it was sent; a run whose image it lacks waits until the host has sent it.
import type { RequestId, RunMessage, ToRunner } from '../runner/protocol.ts'
import type { Image, ImageRef } from '../sandbox/image.ts'

/** Where images lie: see ImageArena. */
export interface ImagePlaces {
  readonly usedBytes: number
  place(image: Image): ImageRef
  free(ref: ImageRef): void
}

interface Parked {
  readonly at: number
  readonly run: RunMessage
  /** What the host said of the run meanwhile. */
  readonly later: ToRunner[]
}

/** What images may occupy, unless a single one needs more. */
const BUDGET_BYTES = 64 * 1024 * 1024

/** See the head of the file. */
export class ChildImages {
  readonly #places: ImagePlaces
  readonly #want: (key: string) => void
  readonly #isNeeded: (key: string) => boolean
  /** In order of last use. */
  readonly #refs = new Map<string, ImageRef>()
  readonly #parked = new Map<string, Parked[]>()
  readonly #parkedById = new Map<RequestId, Parked>()
  #latest = ''

  /** `want` asks the host for an image, which sends it once for each run. `isNeeded` says whether a run that has not begun will read it, here or already admitted. */
  constructor(places: ImagePlaces, want: (key: string) => void, isNeeded: (key: string) => boolean) {
    this.#places = places
    this.#want = want
    this.#isNeeded = isNeeded
  }

  /** A message as the runner can do with it, to be handed over at once; undefined when it has to wait. */
  admit(message: ToRunner): ToRunner | undefined {
    if (message.kind === 'run') return this.#admitRun(message)
    if (this.#parkedById.size === 0 || message.kind !== 'cancel') return message
    const parked = this.#parkedById.get(message.id)
    if (parked === undefined) return message
    parked.later.push(message)
    return undefined
  }

  /** Keeps an image. Returns what waited for it, in order, to be admitted now. */
  add(key: string, image: Image): readonly ToRunner[] {
    const known = this.#refs.get(key)
    if (known !== undefined) this.#places.free(known)
    this.#refs.delete(key)
    this.#makeRoom(image.bytes.length)
    this.#refs.set(key, this.#places.place(image))
    this.#latest = key
    const parked = this.#parked.get(key) ?? []
    this.#parked.delete(key)
    return parked.flatMap(({ at, run, later }) => {
      this.#parkedById.delete(run.id)
      const wallMs = Math.max(1, run.wallMs - (performance.now() - at))
      return [{ ...run, wallMs }, ...later]
    })
  }

  #admitRun(run: RunMessage): RunMessage | undefined {
    const ref = this.#refs.get(run.key)
    if (ref !== undefined) {
      this.#touch(run.key, ref)
      return { ...run, image: ref }
    }
    const parked: Parked = { at: performance.now(), run, later: [] }
    this.#parkedById.set(run.id, parked)
    const others = this.#parked.get(run.key)
    if (others !== undefined) {
      others.push(parked)
    } else {
      this.#parked.set(run.key, [parked])
      this.#want(run.key)
    }
    return undefined
  }

  #touch(key: string, ref: ImageRef): void {
    if (key === this.#latest) return
    this.#latest = key
    this.#refs.delete(key)
    this.#refs.set(key, ref)
  }

  /** Lets those go that were not used for longest. A cell has copied what it needs; a run that has yet to get one has not. */
  #makeRoom(bytes: number): void {
    for (const [key, ref] of this.#refs) {
      if (this.#places.usedBytes + bytes <= BUDGET_BYTES) return
      if (this.#isNeeded(key)) continue
      this.#refs.delete(key)
      this.#places.free(ref)
    }
  }
}
