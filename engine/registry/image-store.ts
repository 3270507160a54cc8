// The images of a process, placed in its arena once and kept up to a byte budget. An image that fell out is made again from its bundle.
import type { Image, ImageRef } from '../sandbox/image.ts'
import type { ImageArena } from '../sandbox/image-arena.ts'

/** A claim on a placed image. It cannot be evicted until the claim is released. */
export interface ImageClaim {
  readonly ref: ImageRef
  release(): void
}

interface Placed {
  readonly ref: ImageRef
  claims: number
  /** Taken out of the store while claims are left: freed with the last one. */
  isDropped: boolean
}

/** See the head of the file. */
export class ImageStore {
  readonly #arena: ImageArena
  readonly #budgetBytes: number
  /** In order of last use. */
  readonly #placed = new Map<string, Placed>()
  /** The key that was claimed last: it is where it belongs. */
  #latest = ''
  readonly #making = new Map<string, Promise<Placed>>()

  constructor(arena: ImageArena, budgetBytes: number) {
    this.#arena = arena
    this.#budgetBytes = budgetBytes
  }

  /** Bytes that images occupy. */
  get usedBytes(): number {
    return this.#arena.usedBytes
  }

  /** A claim on an image that is in the store; undefined when it is not. */
  claim(key: string): ImageClaim | undefined {
    const placed = this.#placed.get(key)
    if (placed === undefined) return undefined
    if (key !== this.#latest) {
      this.#latest = key
      this.#placed.delete(key)
      this.#placed.set(key, placed)
    }
    return this.#claimOf(placed)
  }

  /** Places an image under a key, in the stead of an older one. */
  put(key: string, image: Image): void {
    this.drop(key)
    this.#latest = ''
    this.#makeRoom(image.bytes.length)
    this.#placed.set(key, { ref: this.#arena.place(image), claims: 0, isDropped: false })
  }

  /** A claim on an image, made by `make` when the store does not have it. Concurrent calls make it once. Rejects as `make` does. */
  async obtain(key: string, make: () => Promise<Image>): Promise<ImageClaim> {
    const known = this.claim(key)
    if (known !== undefined) return known
    let making = this.#making.get(key)
    if (making === undefined) {
      making = make().then((image) => {
        this.put(key, image)
        return this.#placed.get(key) as Placed // put just now
      })
      this.#making.set(key, making)
      void making.finally(() => this.#making.delete(key)).catch(() => undefined) // told to whoever awaits `making`
    }
    const placed = await making
    // Another image may have taken its place meanwhile.
    return placed.isDropped ? this.obtain(key, make) : this.#claimOf(placed)
  }

  /** Forgets an image; it stays where it is until the last claim is released. */
  drop(key: string): void {
    const placed = this.#placed.get(key)
    if (placed === undefined) return
    this.#placed.delete(key)
    placed.isDropped = true
    if (placed.claims === 0) this.#arena.free(placed.ref)
  }

  #claimOf(placed: Placed): ImageClaim {
    placed.claims++
    return {
      ref: placed.ref,
      release: () => {
        if (--placed.claims === 0 && placed.isDropped) this.#arena.free(placed.ref)
      },
    }
  }

  /** Evicts what was not used for longest and is not claimed. */
  #makeRoom(bytes: number): void {
    if (this.#arena.usedBytes + bytes <= this.#budgetBytes) return
    for (const [key, placed] of this.#placed) {
      if (placed.claims > 0) continue
      this.drop(key)
      if (this.#arena.usedBytes + bytes <= this.#budgetBytes) return
    }
  }
}
