// The build's table of functions, which it keeps to itself: given a name among its exports, it takes one more function, which the engine calls for rejections.
import { engineError } from '../../errors/engine-error.ts'

/** The name under which the table is exported. */
export const TABLE = 'table'

const EXPORT_SECTION = 7
/** Magic and version. */
const HEADER_BYTES = 8
const TABLE_KIND = 1

/**
 * A module of one function, `(context, promise, reason, isHandled, opaque)` as the engine calls it, that passes on to an import what JavaScript can take: the
 * promise, both halves of the reason, and whether somebody awaits it.
 */
const TRACKER = Buffer.from(
  [
    '0061736d01000000',
    // Types: (i32 i32 i32 i32) and (i32 i64 i64 i32 i32).
    '01100260047f7f7f7f0060057f7e7e7f7f00',
    // Import a.b of the first type; one function of the second, exported as c.
    '0207010161016200000302010107050101630001',
    // wrap(promise), wrap(reason), wrap(reason >> 32), isHandled; call.
    '0a140112002001a72002a72002422088a7200310000b',
  ].join(''),
  'hex',
)
let tracker: WebAssembly.Module | undefined

/** The bytes of a build, with its table among the exports. */
export function withTable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const section = bytes[at]
    const length = readNumber(bytes, at + 1)
    const end = length.end + length.value
    if (section === EXPORT_SECTION) {
      const count = readNumber(bytes, length.end)
      const name = Buffer.from(TABLE)
      const added = Buffer.from([name.length, ...name, TABLE_KIND, 0])
      const body = Buffer.concat([writeNumber(count.value + 1), bytes.subarray(count.end, end), added])
      return Buffer.concat([bytes.subarray(0, at + 1), writeNumber(body.length), body, bytes.subarray(end)])
    }
    at = end
  }
  throw engineError('QUICKJS_BUILD_UNKNOWN', ['it exports nothing'])
}

/** Adds the function that is told of rejections at the end of the table. */
export function addTracker(table: WebAssembly.Table, told: (promise: number, low: number, high: number, isHandled: number) => void): void {
  tracker ??= new WebAssembly.Module(TRACKER)
  const { c } = new WebAssembly.Instance(tracker, { a: { b: told } }).exports
  table.grow(1, c)
}

/** An unsigned LEB128 number, and where it ends. */
function readNumber(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let at = from, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at] ?? 0
    value |= (byte & 127) << shift
    if (byte < 128) return { value, end: at + 1 }
  }
}

function writeNumber(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 127) | 128]), writeNumber(value >>> 7)])
}
