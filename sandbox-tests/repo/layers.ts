// The layer table: what each part of the source may import. The import graph is the security boundary; imports.test.ts walks it.

/** What the files of one part may import, beside files of the same part and packages. */
export interface Layer {
  /** A folder (with `/` at the end) or one file. The most specific one that fits a file counts. */
  readonly part: string
  /** Folders, files, or files of one folder (`folder/*-entry.ts`). */
  readonly may: readonly string[]
  /** What only a type may be imported from. */
  readonly types?: readonly string[]
}

const BASE = ['engine/model/', 'engine/errors/']

/** Every part. A source file that fits none is an error. */
export const LAYERS: readonly Layer[] = [
  { part: 'engine/model/', may: [] },
  { part: 'engine/errors/', may: ['engine/model/'] },
  { part: 'engine/script.ts', may: [] },
  // Evaluated in the sandbox of a test, whole: it can import nothing but itself.
  { part: 'engine/testing/', may: [] },
  { part: 'engine/source/', may: BASE },
  // When schedules are due: pure, like the pipeline itself.
  { part: 'engine/schedule/', may: BASE },
  { part: 'engine/pipeline/', may: [...BASE, 'engine/schedule/ticks.ts'], types: ['engine/source/script-store.ts'] },
  { part: 'engine/policy/', may: BASE },
  { part: 'engine/observe/', may: BASE },
  { part: 'engine/sandbox/', may: [...BASE, 'engine/sandbox/guest/'] },
  { part: 'engine/sandbox/guest/', may: BASE },
  { part: 'engine/sandbox/quickjs/', may: [...BASE, 'engine/sandbox/*.ts', 'engine/sandbox/guest/'] },
  { part: 'engine/sandbox/v8/', may: [...BASE, 'engine/sandbox/*.ts', 'engine/sandbox/guest/'] },
  { part: 'engine/runner/', may: BASE, types: ['engine/sandbox/sandbox.ts', 'engine/sandbox/image.ts', 'engine/sandbox/debugged-cell.ts'] },
  {
    part: 'engine/placement/',
    may: [...BASE, 'engine/runner/'],
    types: ['engine/sandbox/sandbox.ts', 'engine/sandbox/image.ts', 'engine/observe/observer.ts'],
  },
  { part: 'engine/placement/*-entry.ts', may: [...BASE, 'engine/placement/', 'engine/runner/', 'engine/sandbox/'] },
  {
    // Where the pipeline, the loader and the policy come together. Images are values to it.
    part: 'engine/registry/',
    may: [...BASE, 'engine/source/', 'engine/pipeline/', 'engine/policy/'],
    types: [
      'engine/options.ts',
      'engine/placement/loader.ts',
      'engine/sandbox/image.ts',
      'engine/sandbox/image-arena.ts',
      'engine/sandbox/sandbox.ts',
    ],
  },
  {
    part: 'engine/dispatch/',
    may: [
      ...BASE,
      'engine/policy/',
      'engine/observe/',
      'engine/runner/runner-client.ts',
      'engine/runner/protocol.ts',
      // The host's end of the wall: wire text and logs are read by the code that wrote them.
      'engine/sandbox/guest/guest-source.ts',
      'engine/sandbox/run-log.ts',
    ],
    types: [
      'engine/api.ts',
      'engine/events.ts',
      'engine/placement/supervisor.ts',
      'engine/registry/script-record.ts',
      'engine/registry/image-store.ts',
      'engine/sandbox/sandbox.ts',
    ],
  },
  { part: 'engine/events.ts', may: [], types: ['engine/model/'] },
  {
    part: 'engine/api.ts',
    may: [],
    types: [...BASE, 'engine/events.ts', 'engine/policy/explain.ts', 'engine/policy/resolve.ts', 'engine/registry/script-record.ts'],
  },
  // Pools of runners: the one place on the host where runtimes and placements are both known.
  { part: 'engine/pools/', may: ['engine/'] },
  { part: 'engine/compose.ts', may: ['engine/'] },
  { part: 'engine/announcements.ts', may: ['engine/'] },
  { part: 'engine/engine.ts', may: ['engine/'] },
  { part: 'engine/run-schedules.ts', may: ['engine/'] },
  { part: 'engine/options.ts', may: ['engine/'] },
  { part: 'engine/environment.ts', may: [...BASE, 'engine/pipeline/', 'engine/source/read-inside.ts'], types: ['engine/options.ts'] },
  { part: 'engine/index.ts', may: ['engine/', 'bindings/'] },
  { part: 'bindings/', may: BASE },
  { part: 'bindings/log.ts', may: [...BASE, 'bindings/'], types: ['engine/observe/observer.ts'] },
  { part: 'cli/', may: ['engine/', 'bindings/'] },
]

/** What a runner is made of: hostile code runs beside it, so whatever it can reach is within a hostile script's reach too. */
export const RUNNER_PARTS = ['engine/runner/', 'engine/sandbox/', 'engine/placement/*-entry.ts']

/** What a runner must never reach. */
export const HOST_PARTS = [
  'engine/source/',
  'engine/pipeline/',
  'engine/registry/',
  'engine/pools/',
  'engine/dispatch/',
  'engine/policy/',
  'bindings/',
  'cli/',
]

/** Where the two axes, runtime and placement, may meet. */
export const MEETING_POINTS = ['engine/pools/', 'engine/placement/*-entry.ts']

/** Whether a file may import another as the table has it. */
export function mayImport(from: string, to: string, kind: 'value' | 'type'): boolean {
  const layer = layerOf(from)
  if (layer === undefined) return false
  const isNeighbour = layerOf(to)?.part === layer.part || (isIn(to, [layer.part]) && layerOf(to)?.part === to)
  return isNeighbour || isIn(to, kind === 'type' ? [...layer.may, ...(layer.types ?? [])] : layer.may)
}

/** Whether a path lies in one of the parts. */
export function isIn(path: string, parts: readonly string[]): boolean {
  return parts.some((part) => fits(path, part))
}

/** The layer of a file. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.filter(({ part }) => fits(path, part)).sort((a, b) => b.part.length - a.part.length)[0]
}

function fits(path: string, part: string): boolean {
  if (part.endsWith('/')) return path.startsWith(part)
  if (!part.includes('*')) return path === part
  const [before = '', after = ''] = part.split('*')
  return path.startsWith(before) && path.endsWith(after) && !path.slice(before.length, -after.length).includes('/')
}
