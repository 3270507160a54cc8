// The base: a machine that has evaluated the guest's parts and nothing else, frozen. Byte for byte the same wherever it is made.
import { createHash } from 'node:crypto'
import { engineError } from '../../errors/engine-error.ts'
import { GUEST_ENTRIES, GUEST_PARTS } from '../guest/guest-source.ts'
import { compileBuild, PLACES, type Pointer, STRIP_SOURCE, STRIP_SOURCE_AND_PLACES } from './build.ts'
import { type Layout, Machine } from './machine.ts'
import type { BaseImage } from './memory-image.ts'

/** An entry of the guest. */
export type GuestEntry = (typeof GUEST_ENTRIES)[number]

/** What every machine of a process starts from. */
export interface Base {
  readonly module: WebAssembly.Module
  readonly image: BaseImage
  readonly layout: Layout<GuestEntry>
  /** SHA-256 of the image, hex: the same hash means that images can be exchanged. */
  readonly hash: string
}

/** Until the base is frozen the clock stands still, so that no trace of the moment is in it. */
const BOOT_TIME_MS = 1_700_000_000_000
const MAX_ARGUMENTS = 8

/**
 * Makes the base. `module` is a build compiled elsewhere in the process; without it the build is read, checked and compiled.
 * Throws `QUICKJS_BUILD_UNKNOWN` when the build is not the one that this version knows.
 */
export function makeBase(module: WebAssembly.Module = compileBuild()): Base {
  let rejections = 0
  const machine = new Machine(module, PLACES.leastPages, {
    clock: () => BOOT_TIME_MS,
    outOfMemory: () => undefined,
    shouldInterrupt: () => false,
    hostCall: () => 0,
    rejection: () => {
      rejections++
    },
  })
  machine.exports.initialise()
  const layout = boot(machine)
  if (rejections !== 1) throw engineError('QUICKJS_BUILD_UNKNOWN', ['nobody is told of rejections'])
  const image = machine.freezeBase()
  const hash = createHash('sha256').update(image.bytes).update(String(image.stackPointer)).digest('hex')
  return { module, image, layout, hash }
}

function boot(machine: Machine): Layout<GuestEntry> {
  const { exports } = machine
  const runtime = exports.newRuntime()
  const context = exports.newContext(runtime, 0)
  checkPlaces(machine, runtime, context)
  exports.enableInterruptHandler(runtime)
  machine.setWord(runtime + PLACES.rejectionTrackerInRuntime, PLACES.tableLength)
  exports.freeValue(context, evaluate(machine, context, machine.writeText('vivarium'), 'void Promise.reject(0)'))
  const argv = exports.malloc(MAX_ARGUMENTS * 4)
  const jobContext = exports.malloc(4)
  const fileName = machine.writeText('vivarium')
  machine.setByte(runtime + PLACES.stripFlagsInRuntime, STRIP_SOURCE_AND_PLACES)
  const kit = evaluate(machine, context, fileName, '({ __proto__: null })')
  setProperty(machine, context, { kit, argv }, exports.newFunction(context, machine.writeText('host'), 2, 0, 1))
  for (const part of GUEST_PARTS) {
    const fn = evaluate(machine, context, fileName, part)
    machine.setWord(argv, kit)
    exports.freeValue(context, unwrap(machine, context, exports.call(context, fn, exports.undefinedValue(), 1, argv)))
    exports.freeValue(context, fn)
  }
  machine.setByte(runtime + PLACES.stripFlagsInRuntime, STRIP_SOURCE)
  const entries = {} as Record<GuestEntry, Pointer>
  for (const entry of GUEST_ENTRIES) entries[entry] = exports.getProperty(context, kit, machine.newString(context, entry))
  return { runtime, context, argv, jobContext, undefinedValue: exports.undefinedValue(), fileName: machine.writeText('script'), entries }
}

/** Gives the kit its one host function: `(kit, host) => { kit.host = host }`. */
function setProperty(machine: Machine, context: Pointer, { kit, argv }: { kit: Pointer; argv: Pointer }, host: Pointer): void {
  const setter = evaluate(machine, context, machine.writeText('vivarium'), '((kit, host) => { kit.host = host })')
  machine.setWord(argv, kit)
  machine.setWord(argv + 4, host)
  unwrap(machine, context, machine.exports.call(context, setter, machine.exports.undefinedValue(), 2, argv))
}

function evaluate(machine: Machine, context: Pointer, fileName: Pointer, code: string): Pointer {
  const scratch = machine.writeScratch(code)
  const value = machine.exports.evaluate(context, scratch.pointer, scratch.length, fileName, 0, 0)
  machine.clearScratch(scratch)
  return unwrap(machine, context, value)
}

function unwrap(machine: Machine, context: Pointer, value: Pointer): Pointer {
  const exception = machine.exports.resolveException(context, value)
  if (exception === 0) return value
  throw engineError('QUICKJS_BUILD_UNKNOWN', [`the guest did not start: ${machine.readText(context, exception, 1_000)}`])
}

/** The places of the build, held against what must be there at this moment. */
function checkPlaces(machine: Machine, runtime: Pointer, context: Pointer): void {
  const random = context + PLACES.randomStateInContext
  const state = (BigInt(machine.word(random + 4) >>> 0) << 32n) | BigInt(machine.word(random) >>> 0)
  const jobs = runtime + PLACES.jobListInRuntime
  if (state !== BigInt(BOOT_TIME_MS) * 1000n) throw engineError('QUICKJS_BUILD_UNKNOWN', ['the state of Math.random is elsewhere'])
  if (machine.word(jobs) !== jobs || machine.word(jobs + 4) !== jobs)
    throw engineError('QUICKJS_BUILD_UNKNOWN', ['the list of jobs is elsewhere'])
}
