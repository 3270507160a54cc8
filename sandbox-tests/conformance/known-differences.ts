// The differences between the runtimes that cannot be taken away: what differs, why, and how two outcomes are compared in spite of it.
// docs/runtimes.md has the same table; a test holds the two against each other.
import type { Essence } from './run-programs.ts'

/** One known difference. */
export interface Difference {
  /** As docs/runtimes.md has them. */
  readonly title: string
  readonly reason: string
  /** The outcome without what may differ: the rest must be equal. */
  readonly without: (essence: Essence) => Essence
}

/** Properties whose flags and names differ. */
const UNREAD = /^(?:String\.prototype\.length|Iterator\.prototype\.constructor) /

/** Every known difference, by a short name. */
export const KNOWN_DIFFERENCES = {
  words: {
    title: 'words of the engine’s own errors (`not a function`, `order.total is not a function`)',
    reason: 'each engine has its own sentences; class, `code`, status and frames are the same',
    without: (end) => withoutValue({ ...end, error: withoutWords(end.error) }),
  },
  places: {
    title: 'columns of frames inside an expression, and the line of a failed destructuring',
    reason:
      'the engines note different places of one expression: QuickJS the beginning of `order.lines.length`, V8 the part that failed; QuickJS places a destructuring that fails at the beginning of its function',
    without: (end) => ({ ...end, error: withoutPlaces(end.error) }),
  },
  frames: {
    title: 'which functions stand on a full stack; the frames of an error that the engine makes by itself (`Promise.any`)',
    reason: 'frames have different sizes, and a built-in that fails later has no caller; the status is the same',
    without: (end) => ({ ...end, error: withoutPlaces(withoutFrames(end.error)) }),
  },
  ownStack: {
    title: '`error.stack` as the script reads it: places in the bundle, frames of built-ins, the kind of the property',
    reason: 'the text is the engine’s own and nobody’s contract; the `stack` of outcomes is mapped and the same',
    without: withoutValue,
  },
  digits: {
    title: 'the last digit of `**`, of some functions of `Math`, of fractions in other bases and of some powers of two as text',
    reason:
      'the specification leaves it to the engine (`Math.tanh(0.5)` …); as text, QuickJS writes some powers of two with one digit more than needed',
    without: (end) => ({ ...withoutValue(end), value: rounded(end.value) }),
  },
  comparisons: {
    title: 'which pairs `sort` compares, so what a comparator that contradicts itself (`(a, b) => a > b`) comes to',
    reason: 'the specification leaves it to the engine; both sort stably',
    without: withoutValue,
  },
  dates: {
    title: 'texts that are no ISO date (`Foo 1 2020`, `Jan 1 2020 13:00 PM`) in `new Date` and `Date.parse`',
    reason: 'the specification leaves them to the engine; the usual ones are read alike',
    without: withoutValue,
  },
  cyclicJoin: {
    title: '`join` and `toString` of a list that contains itself',
    reason: 'V8 writes an empty text for the list inside; QuickJS goes on until its stack is full, as specified',
    without: (end) => ({ ...withoutValue(end), status: 'ok', error: undefined }),
  },
  spreadText: {
    title: "a text spread into an object (`{ ...'hi' }`)",
    reason: "QuickJS comes to `{}` instead of `{ 0: 'h', 1: 'i' }`",
    without: withoutValue,
  },
  parameters: {
    title: 'a parameter that is assigned in the body, read by a function in the default of another parameter',
    reason: 'QuickJS shows it the old value: `(a, get = () => a) => { a = 3; return get() }`',
    without: withoutValue,
  },
  escapeText: {
    title: 'how `RegExp.escape` writes characters beyond U+FFFF (`😀`)',
    reason: 'QuickJS escapes their halves; what it writes matches the same',
    without: withoutValue,
  },
  overlap: {
    title: '`set` of a typed array from another kind of view over the same bytes',
    reason: 'QuickJS does not copy them first',
    without: withoutValue,
  },
  traps: {
    title: 'the order in which `for in`, `Object.isFrozen` and `Object.isSealed` ask a proxy',
    reason: 'QuickJS asks for the keys first',
    without: withoutValue,
  },
  flags: {
    title: 'flags and names of a few built-in properties that nobody reads (`String.prototype.length` is configurable in QuickJS)',
    reason: 'neither engine lets them be made equal without a cost in every image',
    without: (end) => ({ ...withoutValue(end), value: (end.value as string[]).filter((line) => !UNREAD.test(line)) }),
  },
} as const satisfies Record<string, Difference>

/** The name of a known difference. */
export type DifferenceName = keyof typeof KNOWN_DIFFERENCES

function withoutValue(end: Essence): Essence {
  return { ...end, value: undefined, usage: { ...end.usage, outputBytes: 0 } }
}

/** The hint too: it says what the one engine's words leave out. */
function withoutWords(error: Essence['error']): Essence['error'] {
  if (error === undefined) return undefined
  const { hint: _hint, ...rest } = error
  return { ...rest, message: '', stack: bodyOf(rest.stack) }
}

/** A stack without its first line, which repeats name and message. */
function bodyOf(stack = ''): string {
  return stack.split('\n').slice(1).join('\n')
}

function withoutFrames(error: Essence['error']): Essence['error'] {
  if (error?.stack === undefined) return error
  const lines = error.stack.split('\n').filter((line) => !line.startsWith('    at '))
  return { ...error, stack: lines.join('\n') }
}

function withoutPlaces(error: Essence['error']): Essence['error'] {
  if (error === undefined) return undefined
  const { location: _place, frame: _frame, ...rest } = error
  return { ...rest, ...(rest.stack === undefined ? {} : { stack: rest.stack.replace(/:\d+:\d+\)$/gm, ')') }) }
}

/** Numbers to twelve digits, also where they are texts. */
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value === 'string' && /^-?[\d.]+(e[-+]\d+)?$/.test(value)) return Number(value).toPrecision(12)
  if (typeof value === 'string') return value.slice(0, 10)
  return typeof value === 'number' ? value.toPrecision(12) : value
}
