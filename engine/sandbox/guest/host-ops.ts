// The operations behind the sandbox's one import. Both ends number them from here.

/** What the guest asks of the cell: `host(op, text)`; every operation is synchronous and answers with text or nothing. */
export const HOST_OPS = Object.freeze({
  /** One log entry: a level digit, the message as JSON, then optionally a newline and wire text. */
  log: 1,
  /** A host call to queue: `id`, `binding.method`, wire text of the arguments, on a line each. Answers with `code`, newline, sentence when refused. */
  call: 2,
  /** The handler settled: an answer text (see {@link ANSWERS}). */
  settled: 3,
  /** A timer to set: `id`, delay in ms, `1` when it repeats, separated by spaces. Answers like `call`. */
  setTimer: 4,
  /** A timer to forget: its id. */
  clearTimer: 5,
  /** A pure function of the runner: its name, newline, JSON of its arguments. Answers with JSON, or nothing when it refuses. */
  pure: 6,
  /** Random bytes from the run's own stream: how many. Answers with one UTF-16 unit a byte, each raised by 1 so that none is NUL. */
  random: 7,
  /** The source of a lazy global's pack: its name; once it is compiled, the empty name. */
  pack: 8,
  /** The run's own name. */
  runId: 9,
  /** The moment at which the run or load began, ms since 1970. */
  startedAt: 10,
} as const)

/** The first character of what a handler came to, where it is no value: wire text of a value starts with none of these. */
export const ANSWERS = Object.freeze({
  fault: 'E',
  stackOverflow: 'S',
  /** A runtime that refuses memory with an error says so here; one that cuts the run never does. */
  outOfMemory: 'M',
  notPlain: 'N',
  tooLarge: 'O',
  pending: 'P',
} as const)
