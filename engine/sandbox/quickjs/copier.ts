// Copies from a shared memory into a cell's memory. JavaScript's own copy out of shared memory goes word by word, four times slower than
// WebAssembly's `memory.copy` between two memories; so this is a module of one instruction.

/** Copies `length` bytes at `source` in the arena to `target` in the cell. */
export type Copy = (target: number, source: number, length: number) => void

const MOST_PAGES = 65_536
/** The first bytes of every module: its name and version 1. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

/** Makes the copy function of a cell. `arena` must be shared and have a maximum of 65,536 pages. */
export function createCopy(cell: WebAssembly.Memory, arena: WebAssembly.Memory): Copy {
  const instance = new WebAssembly.Instance(copier(), { m: { cell, arena } })
  return instance.exports['copy'] as Copy
}

let compiled: WebAssembly.Module | undefined

function copier(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(
    new Uint8Array([
      ...MAGIC,
      ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]), // type: (i32, i32, i32) → nothing
      ...section(2, [2, ...text('m'), ...text('cell'), 2, 0, 0, ...text('m'), ...text('arena'), 2, 3, 0, ...leb(MOST_PAGES)]),
      ...section(3, [1, 0]),
      ...section(7, [1, ...text('copy'), 0, 0]),
      // local.get 0, 1, 2; memory.copy to memory 0 from memory 1; end
      ...section(10, [1, 12, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 0x0a, 0, 1, 0x0b]),
    ]),
  )
  return compiled
}

function section(id: number, body: readonly number[]): number[] {
  return [id, ...leb(body.length), ...body]
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value, 'latin1')]
}

/** An unsigned number in LEB128. */
function leb(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return [...bytes, rest]
}
