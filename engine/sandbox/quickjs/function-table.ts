// The build's table of functions, which takes one more: the engine calls it for rejections.

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

/** Adds the function that is told of rejections at the end of the table. */
export function addTracker(table: WebAssembly.Table, told: (promise: number, low: number, high: number, isHandled: number) => void): void {
  tracker ??= new WebAssembly.Module(TRACKER)
  const { c } = new WebAssembly.Instance(tracker, { a: { b: told } }).exports
  table.grow(1, c)
}
