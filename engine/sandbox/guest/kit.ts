// What the parts of the guest share. Each part is one self-contained function: its text is evaluated inside the sandbox before any script,
// where it captures its builtins and adds what it makes to the kit. Parts are small because the parser's peak becomes part of every image.
// They hold no template literals: to the engine each is a call of `concat` by its name, which scripts can replace.

/** What a value became: text for the wall, or the place of the first thing that cannot cross. */
export type Encoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly path: string; readonly what: string; readonly tooLarge: boolean }

/** Makes wire text of values and values of wire text. */
export interface WireCodec {
  /**
   * Text is plain JSON, or an `X` and a table of nodes. What has more than `maxChars` UTF-16 units, each
   * reference followed, or more than 1,000 levels, is refused with `tooLarge`. Functions, symbols, promises and class instances are refused. Shared references
   * may arrive as copies; cycles stay cycles.
   */
  encode(value: unknown, maxChars: number): Encoded
  /** The wire text of what is plain JSON, an empty one where that is too long, undefined of everything else: `encode` without an object for its answer. */
  json(value: unknown, maxChars: number): string | undefined
  /** Throws `SyntaxError` on text that `encode` did not make. Keys such as `__proto__` arrive as data. */
  decode(text: string): unknown
}

/** Calls the cell: see host-ops.ts. */
export type HostOp = (op: number, text: string) => string | undefined

/** The parts' shared table. Null-prototype, never reachable from a script. */
export interface Kit {
  host: HostOp
  /** The slow path of the codec: any graph as a table of nodes, and back. */
  encodeGraph: WireCodec['encode']
  decodeGraph: WireCodec['decode']
  codec: WireCodec
  /** Defines a global the way standard globals are: writable, configurable, not enumerable. */
  expose(name: string, value: unknown): void
  /** An object without a prototype. */
  table<T>(): Record<string, T>
  /** The exports of a lazy pack, evaluated at the first use. */
  pack(name: string): Record<string, unknown>
  /** The error of a refusal: `code`, newline, sentence. `error` is one that was made where the script called. */
  coded(refusal: string, error?: Error): Error
  /** Asks a pure function of the runner; undefined when it refuses. The values are strings, numbers and booleans. */
  pure(name: string, values: readonly unknown[]): unknown
  /** A refusal with the sentence of the table of codes, from the code and its facts. */
  refusal(facts: readonly [code: string, ...facts: unknown[]]): string
  /** The prototype of the errors that the engine itself throws: a full stack is one. */
  engineError: object
  /** A property, or undefined where its getter throws. */
  read(value: object, key: string): unknown
  /** Any value as a short text. */
  show(value: unknown): string
  /** The answer text of a reason that nobody asked for: as much as can be read of it without running code of the script. */
  reason(value: unknown): string
  /** The answer text of something thrown. */
  failed(thrown: unknown): string
  log: object
  logs: boolean
  write(level: number, message: unknown, data: unknown): void
  /** Runs a callback that nobody awaits; what it throws is logged. */
  guarded(run: (...values: unknown[]) => unknown, values: unknown[]): void
  fire(timer: number): void
  /** Forgets the calls and timers of earlier runs. */
  forget(): void
  /** `setTimeout` as it was before any script. */
  later(run: () => void, ms: number): unknown
  argumentBytes: number
  call(name: string, values: unknown[]): Promise<unknown>
  settle(id: number, ok: number, text: string): void
  /** What is awaited (empty where nothing is known to be), newline, the stack of that call; with 0, the stack of whoever runs now. */
  where(isWaiting: number): string
  handler(event: string): { readonly self: unknown; readonly run: (payload: unknown, ctx: object) => unknown } | undefined
  load(module: (define: (script: unknown) => void) => void): string
  grant(shape: string): void
  touch(names: string): void
  /** What handlers are given as ctx: made with the grant, the same object for every run. */
  ctx: object
  /** Begins a run, in a sandbox that is thrown away after it. Answers with the wire text of the result, or with one of the tags of ANSWERS and what belongs to it. */
  begin(event: string, payload: string, outputBytes: number, argumentBytes: number): string
  /** Begins a run, in a sandbox that serves others after it. Answers as `begin` does. */
  dispatch(event: string, payload: string, outputBytes: number, argumentBytes: number): string
  /** The event of the run. */
  event: string
  /** What `ctx.signal` is. */
  signal(): unknown
  abort(reason: string): void
  listens(): number
}
