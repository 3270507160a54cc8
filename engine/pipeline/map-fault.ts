// Makes an error of the sandbox readable to the script's author: places in the bundle become places in the user's files.
// A script can write anything into its error: all of it is text to be bounded, never a path, a number or a line to be believed.
import { TraceMap, traceSegment } from '@jridgewell/trace-mapping'
import { adviceOn } from '../errors/code-fault.ts'
import type { Bundle } from '../model/bundle.ts'
import type { GuestFault, ScriptFault } from '../model/outcome.ts'
import { codeFrame } from './code-frame.ts'
import { hintForMissingGlobal } from './missing-global.ts'
import { type BindingMethods, hintForMissingMethod } from './missing-method.ts'
import { hintForMissingNeed } from './missing-need.ts'
import { describeOriginIn, packageOf } from './package-import.ts'
import { printableUpTo } from './printable.ts'
import { lineOf, offsetOf, type Place, readSource, type SourceText } from './source-text.ts'
import { findWideCharacters, type ToUnits } from './wide-characters.ts'

/** Of a fault, and of each of its causes: those that are looked at, shown or not. */
const MOST_FRAMES = 20
const MOST_LINES = 200
const LONGEST_LINE = 500
const LONGEST_NAME = 100
const LONGEST_CODE = 100
const LONGEST_MESSAGE = 4_000
const MOST_CAUSES = 3
/** Characters: how far before its end a class may begin. */
const LONGEST_CLASS = 32_768
/** Of both runtimes: `at f (script:1:34)`, `at script:1:34`. Everything else is not the script's. */
const FRAME = /^\s*at (?:async )?(?:(.{1,200}?) \()?script:([1-9]\d{0,8}):([1-9]\d{0,8})\)?$/

/** How the sandbox tells what was thrown and is no error. */
const NO_ERROR = /^Thrown value: /

/** What a place may begin with in the one runtime and not in the other: `return f()` and `new Thing()` are placed at the word, or at what follows it. */
const LEADING_WORDS = /(?:return[ \t]{1,100})?(?:new[ \t]{1,100})?/y
const CLASS = /class\b/y
const SUPER_CALL = /super\s{0,100}\(/y
/** What the language itself throws, from any constructor that it has. */
const OF_THE_LANGUAGE: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'URIError', 'EvalError'])

/** Made once for each bundle that ever failed, and let go with it. */
const decodedMaps = new WeakMap<object, DecodedMap | null>()
const wideCharacters = new WeakMap<object, ToUnits>()

interface DecodedMap {
  readonly trace: TraceMap
  /** By index in the map, those that a frame was in: a source may have a million lines, and a stack a frame for each. */
  readonly sources: Map<number, SourceText>
  /** By package that failed, how the script comes to it. */
  readonly origins: Map<string, string | undefined>
}

interface MappedFrame extends Place {
  readonly name: string
  readonly file: string
  /** Undefined: not the user's own file. */
  readonly source: SourceText | undefined
}

/** What the engine knows of the fault. */
export interface FaultBase {
  readonly code: string
  readonly hint?: string | undefined
  /** Where it was thrown: QuickJS counts columns in characters. */
  readonly runtime?: 'quickjs' | 'v8' | undefined
  /** Bindings that there are, and that the script was not given. */
  readonly absent?: readonly string[] | undefined
  /** Those that the script was given. */
  readonly given?: BindingMethods | undefined
}

/** What is needed of a bundle. */
export type MappedBundle = Pick<Bundle, 'script' | 'code' | 'sourceMap'>

/**
 * The fault as the script's author sees it: only frames of the script and of packages bundled into it, in their own files. Never throws, and
 * takes little time whatever the fault says. Pass the bundle itself: its map is decoded, and the lines of its sources are found, once for the object.
 */
export function mapFault(fault: GuestFault, bundle: MappedBundle, base: FaultBase): ScriptFault {
  const { code, hint, runtime } = base
  const toUnits = runtime === 'quickjs' ? unitsOf(bundle) : undefined
  const frames = mapFrames(fault.stack, bundle, toUnits)
  const stack = [describeFault(fault, frames), ...describeCauses(fault, bundle, toUnits)].join('\n')
  const own = frameToShow(fault.name, frames)
  const frame = own?.source === undefined ? undefined : codeFrame(own.source, own)
  return {
    // The script may have put it there.
    code: printableUpTo(code, LONGEST_CODE),
    name: printableUpTo(fault.name, LONGEST_NAME),
    message: cutMessage(fault.message),
    stack,
    ...(own === undefined ? {} : { location: { file: own.file, line: own.line, column: own.column } }),
    ...(frame === undefined ? {} : { frame }),
    ...adviceOn(code, hint ?? hintFor(fault, frames, bundle, base)),
  }
}

/** The script's innermost frame. Of an error with a class of its own it is the one that made it: the class's constructor is where all of them come from. */
function frameToShow(name: string, frames: readonly MappedFrame[]): MappedFrame | undefined {
  const own = frames.filter(({ source }) => source !== undefined)
  return (OF_THE_LANGUAGE.has(name) ? undefined : own.find((frame) => !isSuperCall(frame))) ?? own[0]
}

function isSuperCall({ source, line, column }: MappedFrame): boolean {
  const offset = source && offsetOf(source, { line, column })
  if (source === undefined || offset === undefined) return false
  SUPER_CALL.lastIndex = offset
  return SUPER_CALL.test(source.text)
}

/** What the author can do about an error that the runtime threw at the innermost frame. */
function hintFor(
  { message, stack }: GuestFault,
  frames: readonly MappedFrame[],
  bundle: MappedBundle,
  base: FaultBase,
): string | undefined {
  const { absent = [], given = {} } = base
  if (stack === '' && NO_ERROR.test(message)) return 'Only errors know where they are thrown: throw new Error(…) instead.'
  const [innermost] = frames
  const about = hintForMissingGlobal(message, innermost?.file)
  const own = frames.find(({ source }) => source !== undefined)
  if (own === undefined)
    return [about, originOf(innermost?.file, bundle)].filter((sentence) => sentence !== undefined).join(' ') || undefined
  if (about !== undefined) return about
  const line = textAt(own)
  const isThere = own === innermost && isFirstFrame(stack)
  return (
    hintForMissingNeed(message, line, absent) ?? (isThere ? hintForMissingMethod(message, { line, column: own.column }, given) : undefined)
  )
}

/** Where no frame is the script's own: a module of a package that fails when it is loaded does not say who imports it. */
function originOf(file: string | undefined, bundle: MappedBundle): string | undefined {
  const failing = file === undefined ? undefined : packageOf(file)
  const map = decodedMapOf(bundle)
  if (failing === undefined || map === null) return undefined
  const { trace, origins } = map
  if (origins.has(failing)) return origins.get(failing)
  const texts = trace.sources.map((source, index) => [source, trace.sourcesContent?.[index]] as const)
  const known = texts.flatMap(([source, text]) => (typeof source === 'string' && typeof text === 'string' ? [[source, text] as const] : []))
  const origin = describeOriginIn(failing, known)
  origins.set(failing, origin)
  return origin
}

/** Whether no function of the runtime's own is further in: what `map` calls is not what is written at the place that calls `map`. */
function isFirstFrame(stack: string): boolean {
  const first = /^[ \t]*at [^\n]{0,500}/m.exec(stack.slice(0, MOST_LINES * LONGEST_LINE))?.[0]
  return first !== undefined && FRAME.test(first)
}

/** The text of the line that a frame is on. */
function textAt(frame: MappedFrame | undefined): string {
  return frame?.source === undefined ? '' : (lineOf(frame.source, frame.line) ?? '')
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
  const map = decodedMapOf(bundle)
  const frames: MappedFrame[] = []
  let tried = 0
  // A stack may be as long as the sandbox lets it: only its beginning is looked at.
  for (const text of stack.slice(0, MOST_LINES * LONGEST_LINE).split('\n', MOST_LINES)) {
    if (map === null || tried === MOST_FRAMES) break
    const found = text.length <= LONGEST_LINE ? FRAME.exec(text) : null
    const place = found && findPlace(found, map, toUnits)
    if (!place) continue
    tried++
    const frame = toFrame(place)
    if (frame !== undefined) frames.push(frame)
  }
  return frames
}

function findPlace([, name = '', ...place]: RegExpExecArray, map: DecodedMap, toUnits: ToUnits | undefined): MappedFrame | undefined {
  const [line, column] = [Number(place[0]) - 1, Number(place[1]) - 1]
  const segment = traceSegment(map.trace, line, toUnits?.(line, column) ?? column)
  if (segment === null || segment.length === 1) return undefined
  const file = map.trace.sources[segment[1]] ?? undefined
  // The engine's own module, which no user wrote.
  if (file === undefined) return undefined
  return { name, file, line: segment[2] + 1, column: segment[3] + 1, source: sourceOf(map, segment[1]) }
}

function toFrame({ name, file, line, column, source }: MappedFrame): MappedFrame | undefined {
  const offset = source && offsetOf(source, { line, column })
  if (source !== undefined && offset !== undefined && isUnwritten(name, source.text, offset)) return undefined
  return {
    // What runs initializers of fields has a name that only the engine knows.
    name: name.startsWith('<') ? '<anonymous>' : printableUpTo(name, LONGEST_NAME),
    file: printableUpTo(file, LONGEST_LINE),
    line,
    column: column + (source === undefined || offset === undefined ? 0 : leadingLength(source.text, offset)),
    source,
  }
}

/** Whether a frame is that of a constructor which nobody wrote: one runtime places it at the end of its class, the other at its beginning. */
function isUnwritten(name: string, source: string, offset: number): boolean {
  CLASS.lastIndex = offset
  if (CLASS.test(source)) return true
  if (name === '' || source[offset] !== '}') return false
  // The bundler may have added to the name.
  return source.slice(Math.max(0, offset - LONGEST_CLASS), offset).includes(`class ${name.replace(/^_|\d+$/g, '')}`)
}

/** How many characters of leading words stand at a place, so that both runtimes show the same one. */
function leadingLength(source: string, offset: number): number {
  LEADING_WORDS.lastIndex = offset
  return LEADING_WORDS.exec(source)?.[0].length ?? 0
}

function sourceOf({ trace, sources }: DecodedMap, index: number): SourceText | undefined {
  const known = sources.get(index)
  const text = trace.sourcesContent?.[index] ?? undefined
  if (known !== undefined || text === undefined) return known
  const read = readSource(text)
  sources.set(index, read)
  return read
}

function unitsOf(bundle: MappedBundle): ToUnits {
  const known = wideCharacters.get(bundle)
  if (known !== undefined) return known
  const found = findWideCharacters(bundle.code)
  wideCharacters.set(bundle, found)
  return found
}

function decodedMapOf(bundle: Pick<Bundle, 'sourceMap'>): DecodedMap | null {
  const known = decodedMaps.get(bundle)
  if (known !== undefined) return known
  const map = decode(bundle.sourceMap)
  decodedMaps.set(bundle, map)
  return map
}

function decode(sourceMap: string): DecodedMap | null {
  try {
    return { trace: new TraceMap(sourceMap), sources: new Map(), origins: new Map() }
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
