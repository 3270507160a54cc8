// The one QuickJS build that this version knows: its hash, the letters of its imports and exports, the places in its memory.
// A build with another hash is refused: letters and places belong to these exact bytes. build-quickjs.ts makes it.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { engineError } from '../../errors/engine-error.ts'
import { addTracker } from './function-table.ts'

const FILE = fileURLToPath(new URL('./quickjs.wasm', import.meta.url))
const SHA256 = 'de446645a287f4b3296cd7d77479278f5aa3e2be8bbcbe11872226e1b3a4d05d'

/** Places in the linear memory of this build. */
export const PLACES = Object.freeze({
  /** Constants lie below: tables that no instruction of the build writes. */
  constantsEnd: 86_784,
  /** Static data lies below. */
  staticEnd: 90_208,
  /** The C stack lies below, the heap from here on. */
  heapStart: 5_333_088,
  /** The word in which `sbrk` keeps how far the heap reaches. */
  breakWord: 86_864,
  /** The smallest memory that the build accepts, in pages of 64 KiB. */
  leastPages: 256,
  /** In the runtime's struct: the table of atoms, the engine's names. */
  atomsInRuntime: 56,
  /** In the runtime's struct: the innermost frame; a frame's first word is the next one further out. */
  frameInRuntime: 148,
  /** In a frame: its function. */
  functionInFrame: 8,
  /** In a frame of compiled code: behind the instruction that the engine noted last. Not set before there is one. */
  codeInFrame: 28,
  /** In an object: its class, 16 bits. */
  classInObject: 6,
  /** In an object: what its properties are called. */
  shapeInObject: 20,
  /** In an object: the values of its properties. */
  valuesInObject: 24,
  /** In a function that is compiled: its code. */
  codeInFunction: 32,
  /** The classes of compiled functions: plain, generators, asynchronous, both. */
  bytecodeClasses: [13, 16, 54, 58] as readonly number[],
  /** In a shape: how many properties there are, and the first of them: flags, atom. */
  countInShape: 32,
  propertiesInShape: 48,
  /** In compiled code: flags, the instructions and their length, its file, its places and their length. */
  flagsInBytecode: 18,
  codeInBytecode: 20,
  codeLengthInBytecode: 24,
  fileInBytecode: 68,
  placesLengthInBytecode: 76,
  placesInBytecode: 80,
  /** For each instruction, its length and, in the fourth byte, what its operand is. */
  opcodeTable: 27_968,
  /** From this instruction on, the table has so many others before it, which no finished code has. */
  shortOpcodesFrom: 178,
  temporaryOpcodes: 19,
  /** In a text: its length (the top bit: two bytes a character) and its first character. */
  lengthInString: 4,
  textInString: 16,
  /** In the runtime's struct: which function of the table is told of rejections that nobody awaits yet, and of those that somebody awaits after all. */
  rejectionTrackerInRuntime: 160,
  /** The length of the table of functions: what is added to it has this number. */
  tableLength: 471,
  /** In the runtime's struct: the head of the list of pending jobs. */
  jobListInRuntime: 168,
  /** In the runtime's struct: what the compiler leaves out of functions (1 source text, 2 places). */
  stripFlagsInRuntime: 228,
  /** In the context's struct: the 64-bit state of `Math.random`. */
  randomStateInContext: 224,
})

/** For {@link PLACES.stripFlagsInRuntime}: leave out both. */
export const STRIP_SOURCE_AND_PLACES = 3
/**
 * Scripts keep their places, for stacks. Their source text would be kept once for each level of nesting: a third of a large image,
 * for nothing but `toString` of functions.
 */
export const STRIP_SOURCE = 1

/** Bytes in a page of WebAssembly memory. */
export const PAGE_BYTES = 65_536

/** A pointer into linear memory. */
export type Pointer = number

/** The exports in use, by their C names. */
export interface QuickJsExports {
  readonly initialise: () => void
  readonly malloc: (bytes: number) => Pointer
  readonly free: (pointer: Pointer) => void
  readonly newRuntime: () => Pointer
  readonly newContext: (runtime: Pointer, intrinsics: number) => Pointer
  readonly setMaxStackSize: (runtime: Pointer, bytes: number) => void
  readonly enableInterruptHandler: (runtime: Pointer) => void
  readonly newFunction: (context: Pointer, name: Pointer, length: number, isConstructor: number, id: number) => Pointer
  readonly argument: (argv: Pointer, index: number) => Pointer
  readonly evaluate: (context: Pointer, code: Pointer, length: number, file: Pointer, detectModule: number, flags: number) => Pointer
  readonly call: (context: Pointer, fn: Pointer, self: Pointer, count: number, argv: Pointer) => Pointer
  readonly resolveException: (context: Pointer, value: Pointer) => Pointer
  readonly executePendingJob: (runtime: Pointer, most: number, context: Pointer) => Pointer
  readonly isJobPending: (runtime: Pointer) => number
  readonly freeValue: (context: Pointer, value: Pointer) => void
  readonly newString: (context: Pointer, text: Pointer) => Pointer
  readonly getString: (context: Pointer, value: Pointer) => Pointer
  readonly freeCString: (context: Pointer, text: Pointer) => void
  readonly newFloat64: (context: Pointer, value: number) => Pointer
  readonly getFloat64: (context: Pointer, value: Pointer) => number
  readonly getProperty: (context: Pointer, object: Pointer, key: Pointer) => Pointer
  readonly undefinedValue: () => Pointer
  readonly stackSave: () => Pointer
  readonly stackRestore: (pointer: Pointer) => void
}

/** What the build may ask of its surroundings. Each hook belongs to one cell. */
export interface InstanceHooks {
  /** Milliseconds since 1970: the guest's only clock. */
  readonly clock: () => number
  /** Memory growth was asked for and is refused. */
  readonly outOfMemory: () => void
  /** Polled while code runs; true cuts it. */
  readonly shouldInterrupt: () => boolean
  /** The one host function: pointers to its arguments' list; answers with a new value's pointer, or 0 for undefined. */
  readonly hostCall: (argc: number, argv: Pointer) => Pointer
  /** A promise was rejected and nobody awaits it, or somebody does after all. It must not enter the guest. The reason is a value's lower and upper half. */
  readonly rejection: (promise: Pointer, low: number, high: number, isHandled: number) => void
}

/** Reads and compiles the build. Throws `QUICKJS_BUILD_UNKNOWN` when it is another one. */
export function compileBuild(): WebAssembly.Module {
  const bytes = readFileSync(FILE)
  const hash = createHash('sha256').update(bytes).digest('hex')
  if (hash !== SHA256) throw engineError('QUICKJS_BUILD_UNKNOWN', [`its SHA-256 is ${hash}, expected ${SHA256}`])
  return new WebAssembly.Module(bytes)
}

/** Thrown through the guest's frames when the build gives up (an abort, an exit). The memory is good again after a restore. */
export class GuestAbort extends Error {}

/**
 * Instantiates the build over a memory, with every door to the outside in the hooks' hands. The memory is as it was given:
 * a fresh one wants `initialise` called once, one that an image is copied into does not.
 */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, hooks: InstanceHooks): QuickJsExports {
  const words = new Uint32Array(memory.buffer)
  const abort = (): never => {
    throw new GuestAbort()
  }
  const store = (pointer: Pointer, value: number): void => {
    words[pointer >> 2] = value
  }
  const imports = {
    a: memory,
    b: abort, // assertion failed
    c: (_file: number, list: Pointer, count: number, written: Pointer): number => discard(words, list, count, written), // write
    d: () => 8, // close: no such file
    e: () => 0, // environment
    f: (count: Pointer, bytes: Pointer): number => {
      store(count, 0)
      store(bytes, 0)
      return 0
    },
    g: () => 0, // module names: no loader is enabled
    h: () => 0, // module source
    i: () => (hooks.shouldInterrupt() ? 1 : 0),
    j: () => 0, // interval timer
    k: () => {
      hooks.outOfMemory()
      return 0
    },
    l: () => undefined, // keep alive
    m: (seconds: bigint, result: Pointer) => writeUtc(new Int32Array(memory.buffer, result, 10), Number(seconds)),
    n: (zone: Pointer, daylight: Pointer, standardName: Pointer, daylightName: Pointer): void => {
      store(zone, 0)
      store(daylight, 0)
      for (const name of [standardName, daylightName]) new Uint8Array(memory.buffer).set([0x55, 0x54, 0x43, 0], name)
    },
    o: () => 70, // seek
    p: () => hooks.clock(),
    q: abort,
    r: abort, // exit
    s: (_context: Pointer, _self: Pointer, argc: number, argv: Pointer) => hooks.hostCall(argc, argv),
    t: () => undefined, // a host reference was freed: there is one, kept for ever
  }
  const raw = new WebAssembly.Instance(module, { a: imports }).exports as Record<string, never>
  addTracker(raw['table'] as unknown as WebAssembly.Table, hooks.rejection)
  return {
    initialise: raw['u'] as never,
    malloc: raw['v'] as never,
    free: raw['M'] as never,
    newRuntime: raw['K'] as never,
    newContext: raw['N'] as never,
    setMaxStackSize: raw['D'] as never,
    enableInterruptHandler: raw['Fa'] as never,
    newFunction: raw['Da'] as never,
    argument: raw['Ea'] as never,
    evaluate: raw['pa'] as never,
    call: raw['ma'] as never,
    resolveException: raw['na'] as never,
    executePendingJob: raw['ga'] as never,
    isJobPending: raw['fa'] as never,
    freeValue: raw['P'] as never,
    newString: raw['_'] as never,
    getString: raw['$'] as never,
    freeCString: raw['S'] as never,
    newFloat64: raw['Y'] as never,
    getFloat64: raw['Z'] as never,
    getProperty: raw['ha'] as never,
    undefinedValue: raw['E'] as never,
    stackSave: raw['Oa'] as never,
    stackRestore: raw['Ma'] as never,
  }
}

/** A write to the console goes nowhere; the guest is told that all of it was written. */
function discard(words: Uint32Array, list: Pointer, count: number, written: Pointer): number {
  let total = 0
  for (let i = 0; i < count; i++) total += words[(list >> 2) + 2 * i + 1] ?? 0
  words[written >> 2] = total
  return 0
}

/** `struct tm` of a moment in UTC: the guest's only zone. */
function writeUtc(tm: Int32Array, seconds: number): void {
  const date = new Date(seconds * 1000)
  const year = date.getUTCFullYear()
  const dayOfYear = Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000)
  const fields = [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    year - 1900,
    date.getUTCDay(),
    dayOfYear,
    0,
    0,
  ]
  for (let i = 0; i < fields.length; i++) tm[i] = fields[i] ?? 0
}
