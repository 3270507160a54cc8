// What Node has and its type package does not declare: WebAssembly's classes, and Buffer's direct UTF-8 access.

declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  const Module: { new (bytes: Uint8Array): WebAssembly.Module }
  class Instance {
    constructor(module: WebAssembly.Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, unknown>
  }
  interface Table {
    grow(by: number, value: unknown): number
  }
  class RuntimeError extends Error {}
}

interface Buffer {
  /** Decodes bytes as UTF-8. */
  utf8Slice(start: number, end: number): string
  /** Encodes bytes as hex. */
  hexSlice(start: number, end: number): string
  /** Encodes text as UTF-8 in place; answers with the bytes written. */
  utf8Write(text: string, offset: number, length?: number): number
}
