// Makes an error of the sandbox readable to the script's author: places in the bundle become places in the user's files.
// A script can write anything into its error: all of it is text to be bounded, never a path, a number or a line to be believed.
import { TraceMap, traceSegment } from '@jridgewell/trace-mapping'
import { adviceOn } from '../errors/code-fault.ts'
import type { Bundle } from '../model/bundle.ts'
import type { GuestFault, ScriptFault } from '../model/outcome.ts'
import { codeFrame } from './code-frame.ts'
import { hintForMissingGlobal } from './missing-global.ts'
import { hintForMissingNeed } from './missing-need.ts'
import { printableUpTo } from './printable.ts'
import { findWideCharacters, type ToUnits } from './wide-characters.ts'

const MOST_FRAMES = 20
const MOST_LINES = 200
const LONGEST_LINE = 500
const LONGEST_NAME = 100
const LONGEST_CODE = 100
const LONGEST_MESSAGE = 4_000
const MOST_CAUSES = 3
/** Of both runtimes: `at f (script:1:34)`, `at script:1:34`. Everything else is not the script's. */
const FRAME = /^\s*at (?:async )?(?:(.{1,200}?) \()?script:([1-9]\d{0,8}):([1-9]\d{0,8})\)?$/

/** What a place may begin with in the one runtime and not in the other: `return f()` and `new Thing()` are placed at the word, or at what follows it. */
const LEADING_WORDS = /(?:return[ \t]+)?(?:new[ \t]+)?/y
const CLASS = /class\b/y

/** Made once for each bundle that ever failed, and let go with it. */
const traceMaps = new WeakMap<object, TraceMap | null>()
const wideCharacters = new WeakMap<object, ToUnits>()

interface MappedFrame {
  readonly name: string
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** Undefined: not the user's own file. */
  readonly source: string | undefined
}

/** What the engine knows of the fault. */
export interface FaultBase {
  readonly code: string
  readonly hint?: string | undefined
  /** Where it was thrown: QuickJS counts columns in characters. */
  readonly runtime?: 'quickjs' | 'v8' | undefined
  /** Bindings that there are, and that the script was not given. */
  readonly absent?: readonly string[] | undefined
}

/** What is needed of a bundle. */
export type MappedBundle = Pick<Bundle, 'script' | 'code' | 'sourceMap'>

/**
 * The fault as the script's author sees it: only frames of the script and of packages bundled into it, in their own files. Never throws, and
 * takes little time whatever the fault says. Pass the bundle itself: its map is decoded once for the object.
 */
export function mapFault(fault: GuestFault, bundle: MappedBundle, { code, hint, runtime, absent = [] }: FaultBase): ScriptFault {
  const toUnits = runtime === 'quickjs' ? unitsOf(bundle) : undefined
  const frames = mapFrames(fault.stack, bundle, toUnits)
  const stack = [describeFault(fault, frames), ...describeCauses(fault, bundle, toUnits)].join('\n')
  const own = frames.find(({ source }) => source !== undefined)
  const frame = own?.source === undefined ? undefined : codeFrame(own.source, own)
  return {
    // The script may have put it there.
    code: printableUpTo(code, LONGEST_CODE),
    name: printableUpTo(fault.name, LONGEST_NAME),
    message: cutMessage(fault.message),
    stack,
    ...(own === undefined ? {} : { location: { file: own.file, line: own.line, column: own.column } }),
    ...(frame === undefined ? {} : { frame }),
    ...adviceOn(
      code,
      hint ?? hintForMissingGlobal(fault.message, frames[0]?.file) ?? hintForMissingNeed(fault.message, lineOf(own), absent),
    ),
  }
}

/** The line that a frame is on. */
function lineOf(frame: MappedFrame | undefined): string {
  if (frame?.source === undefined) return ''
  const start = offsetOf(frame.source, frame.line - 1, 0)
  const end = frame.source.indexOf('\n', start)
  return start < 0 ? '' : frame.source.slice(start, end < 0 ? undefined : end)
}

function describeCauses(fault: GuestFault, bundle: MappedBundle, toUnits: ToUnits | undefined): string[] {
  const lines: string[] = []
  let { cause } = fault
  for (let count = 0; cause !== undefined && count < MOST_CAUSES; count++) {
    lines.push(`caused by: ${describeFault(cause, mapFrames(cause.stack, bundle, toUnits))}`)
    cause = cause.cause
  }
  return lines
}

function describeFault({ name, message }: GuestFault, frames: readonly MappedFrame[]): string {
  const places = frames.map(({ name, file, line, column }) => `    at ${name === '' ? '' : `${name} `}(${file}:${line}:${column})`)
  const title = printableUpTo(name, LONGEST_NAME)
  return [message === '' ? title : `${title}: ${cutMessage(message)}`, ...places].join('\n')
}

function mapFrames(stack: string, bundle: MappedBundle, toUnits: ToUnits | undefined): MappedFrame[] {
  const map = traceMapOf(bundle)
  const frames: MappedFrame[] = []
  // A stack may be as long as the sandbox lets it: only its beginning is looked at.
  for (const text of stack.slice(0, MOST_LINES * LONGEST_LINE).split('\n', MOST_LINES)) {
    if (map === null || frames.length === MOST_FRAMES) break
    const found = text.length <= LONGEST_LINE ? FRAME.exec(text) : null
    const frame = found && mapFrame(found, map, toUnits)
    if (frame) frames.push(frame)
  }
  return frames
}

function mapFrame([, name = '', ...place]: RegExpExecArray, map: TraceMap, toUnits: ToUnits | undefined): MappedFrame | undefined {
  const [line, column] = [Number(place[0]) - 1, Number(place[1]) - 1]
  const segment = traceSegment(map, line, toUnits?.(line, column) ?? column)
  if (segment === null || segment.length === 1) return undefined
  const file = map.sources[segment[1]] ?? undefined
  // The engine's own module, which no user wrote.
  if (file === undefined) return undefined
  const source = map.sourcesContent?.[segment[1]] ?? undefined
  const offset = source === undefined ? -1 : offsetOf(source, segment[2], segment[3])
  if (isUnwritten(name, source, offset)) return undefined
  // What runs initializers of fields has a name that only the engine knows.
  const shown = name.startsWith('<') ? '<anonymous>' : printableUpTo(name, LONGEST_NAME)
  return {
    name: shown,
    file: printableUpTo(file, LONGEST_LINE),
    line: segment[2] + 1,
    column: segment[3] + leadingLength(source, offset) + 1,
    source,
  }
}

/** Where a place is in a text, -1 beyond its end. Line and column are from 0. */
function offsetOf(source: string, line: number, column: number): number {
  let start = 0
  for (let i = 0; i < line; i++) {
    start = source.indexOf('\n', start) + 1
    if (start === 0) return -1
  }
  return start + column
}

/** Whether a frame is that of a constructor which nobody wrote: one runtime places it at the end of its class, the other at its beginning. */
function isUnwritten(name: string, source: string | undefined, offset: number): boolean {
  if (source === undefined || offset < 0) return false
  CLASS.lastIndex = offset
  if (CLASS.test(source)) return true
  // The bundler may have added to the name.
  return name !== '' && source[offset] === '}' && source.lastIndexOf(`class ${name.replace(/^_|\d+$/g, '')}`, offset) >= 0
}

/** How many characters of leading words stand at a place, so that both runtimes show the same one. */
function leadingLength(source: string | undefined, offset: number): number {
  if (source === undefined || offset < 0) return 0
  LEADING_WORDS.lastIndex = offset
  return LEADING_WORDS.exec(source)?.[0].length ?? 0
}

function unitsOf(bundle: MappedBundle): ToUnits {
  const known = wideCharacters.get(bundle)
  if (known !== undefined) return known
  const found = findWideCharacters(bundle.code)
  wideCharacters.set(bundle, found)
  return found
}

function traceMapOf(bundle: Pick<Bundle, 'sourceMap'>): TraceMap | null {
  const known = traceMaps.get(bundle)
  if (known !== undefined) return known
  const map = decode(bundle.sourceMap)
  traceMaps.set(bundle, map)
  return map
}

function decode(sourceMap: string): TraceMap | null {
  try {
    return new TraceMap(sourceMap)
  } catch {
    // Without a map there is nothing to say about places; the message still counts.
    return null
  }
}

/** A message may have lines of its own. */
function cutMessage(message: string): string {
  const cut = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message
  return cut
    .split('\n')
    .map((line) => printableUpTo(line, LONGEST_MESSAGE))
    .join('\n')
}
