// The frozen memory of a sandbox, as a value: what makes it differ from the base image that every sandbox starts from.

/** A frozen sandbox. Plain data: it can be copied, kept, sent to another thread or process that has the same base. */
export interface Image {
  /** Patches to the base: how many, the address and length of each (32-bit words), then their bytes one after another. */
  readonly bytes: Uint8Array
  /** A part of the heap that the guest was not given, when a run's state was frozen. */
  readonly ballast?: { readonly from: number; readonly to: number }
}

/** Where an image lies in an arena. */
export interface ImageRef {
  /** Bytes from the arena's start. */
  readonly offset: number
  /** Bytes. */
  readonly length: number
}
