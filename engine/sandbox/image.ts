// The frozen memory of a sandbox, as a value: bytes and the three numbers that say where they belong.

/** A frozen sandbox. Plain data: it can be copied, kept, sent to another thread or process. */
export interface Image {
  /** Static data, then the live part of the C stack, then the heap, without gaps. */
  readonly bytes: Uint8Array
  /** The stack pointer: where in memory the second part begins. */
  readonly stackPointer: number
  /** A part of the heap that the guest was not given, when a run's state was frozen. */
  readonly ballast?: { readonly from: number; readonly to: number }
}

/** Where an image lies in an arena. */
export interface ImageRef {
  /** Bytes from the arena's start. */
  readonly offset: number
  readonly length: number
  readonly stackPointer: number
}
