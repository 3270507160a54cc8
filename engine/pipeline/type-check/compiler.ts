// The one file that speaks to TypeScript 7: its compiler is a child process behind an interface that is not stable yet. Pending calls never settle when the
// child dies, so each has a deadline, the child is watched, and the next call starts a new one.
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { API, Snapshot } from 'typescript/unstable/async'
import type { FileSystem } from 'typescript/unstable/fs'
import { engineError } from '../../errors/engine-error.ts'
import { watchMemory } from '../process-memory.ts'

/** The version whose interface this file speaks. */
const VERSION = '7.0.2'
const GRACE_MS = 1_000
const LONGEST_WHY = 200

/** Something that the compiler has to say about a file. */
export interface CompilerProblem {
  /** Absolute path; undefined where it is about the project as a whole. */
  readonly file: string | undefined
  /** Offsets in the file's text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** The number of TypeScript's own list. */
  readonly code: number
  readonly message: string
}

/** Files that are no longer what they were when the compiler last looked; absolute paths. */
export interface CompilerChanges {
  readonly changed: readonly string[]
  readonly created: readonly string[]
  readonly deleted: readonly string[]
}

/** What a compiler works with. */
export interface CompilerOptions {
  /** Answers for every file that the compiler may see. */
  readonly files: FileSystem
  readonly workingDirectory: string
  /** Milliseconds that one call may take. */
  readonly deadlineMs: number
  /** Bytes that its process may occupy, where the system tells. */
  readonly memoryBytes: number
}

/** Why a call got no answer: the compiler's process is gone, or was ended. The next call starts another. */
export class CompilerLost extends Error {
  override readonly name = 'CompilerLost'
  /** Whether it took too long or needed too much: it would again. */
  readonly isExcess: boolean

  constructor(message: string, isExcess = false) {
    super(message)
    this.isExcess = isExcess
  }
}

/** The part of TypeScript's client that its types keep private: without the child there is no telling that it died. */
interface HiddenClient {
  readonly client: { connect(): Promise<void>; readonly process?: ChildProcess }
}

interface Session {
  readonly api: API
  readonly child: ChildProcess
  readonly ended: Promise<string>
  readonly opened: Set<string>
  snapshot: Snapshot | undefined
}

/** A compiler with one program at a time. Whoever made it closes it. */
export class Compiler {
  readonly #options: CompilerOptions
  #session: Promise<Session> | undefined
  #giveUp: ((why: string) => void) | undefined

  constructor(options: CompilerOptions) {
    this.#options = options
  }

  /** The id of the child process; undefined while there is none. For tests that end it. */
  async pid(): Promise<number | undefined> {
    return (await this.#session)?.child.pid
  }

  /** Makes the program of a project file as the files are now; answers with all that is in it. Throws `TYPE_CHECK_UNAVAILABLE`, {@link CompilerLost}. */
  async update(project: string, { changed, created, deleted }: CompilerChanges): Promise<readonly string[]> {
    return await this.#call(async (session) => {
      const before = session.snapshot
      const opens = session.opened.has(project) ? {} : { openProjects: [project] }
      const fileChanges = { changed: [...changed], created: [...created], deleted: [...deleted] }
      session.snapshot = await session.api.updateSnapshot({ ...opens, fileChanges })
      session.opened.add(project)
      await before?.dispose()
      return (await session.snapshot.getProject(project)?.program.getSourceFileNames()) ?? []
    })
  }

  /** What is wrong with one file of the program that {@link update} made, or with all of them. Throws `TYPE_CHECK_UNAVAILABLE`, {@link CompilerLost}. */
  async problemsOf(project: string, file?: string): Promise<readonly CompilerProblem[]> {
    return await this.#call(async ({ snapshot }) => {
      const program = snapshot?.getProject(project)?.program
      if (program === undefined) throw new CompilerLost('it knows nothing of the project')
      const syntactic = await program.getSyntacticDiagnostics(file)
      const broken = new Set(syntactic.map(({ fileName }) => fileName))
      const semantic = file !== undefined && broken.size > 0 ? [] : await program.getSemanticDiagnostics(file)
      const found = [...syntactic, ...semantic.filter(({ fileName }) => !broken.has(fileName))]
      return found.filter(({ category }) => category === ERROR).map(readDiagnostic)
    })
  }

  /** Ends the child, because of what the call that is under way makes it do: that call throws {@link CompilerLost}. */
  giveUp(why: string): void {
    this.#giveUp?.(why)
  }

  /** Ends the child. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined) // told to whoever called
    this.#session = undefined
    if (session === undefined) return
    session.child.stdin?.end() // what ends it in order
    await Promise.race([session.ended, sleep(GRACE_MS, undefined, { ref: false })])
    session.child.kill('SIGKILL')
    await session.ended
  }

  async #call<T>(ask: (session: Session) => Promise<T>): Promise<T> {
    this.#session ??= openSession(this.#options)
    const current = this.#session
    const forget = (): void => {
      if (this.#session === current) this.#session = undefined
    }
    const session = await current.catch((error: unknown) => {
      forget()
      throw error
    })
    const { deadlineMs, memoryBytes } = this.#options
    const memory = watchMemory(
      () => session.child.pid,
      memoryBytes,
      () => session.child.kill('SIGKILL'),
    )
    const { promise: excess, resolve: giveUp } = Promise.withResolvers<string>()
    this.#giveUp = giveUp
    const timer = setTimeout(() => giveUp(`it took longer than ${deadlineMs} ms`), deadlineMs)
    const reason = Promise.race([session.ended.then((why) => new CompilerLost(why)), excess.then((why) => new CompilerLost(why, true))])
    const lost = reason.then((why): never => {
      forget()
      session.child.kill('SIGKILL')
      throw memory.isExceeded() ? new CompilerLost(`it needed more than ${memoryBytes} bytes of memory`, true) : why
    })
    lost.catch(() => undefined) // told through the race below, if at all
    try {
      return await Promise.race([ask(session), lost])
    } catch (error) {
      // Whatever its client throws: a compiler that failed inside is not asked again.
      forget()
      session.child.kill('SIGKILL')
      throw error instanceof CompilerLost ? error : new CompilerLost(`it failed (${String(error).slice(0, LONGEST_WHY)})`)
    } finally {
      clearTimeout(timer)
      this.#giveUp = undefined
      memory.stop()
    }
  }
}

/** `DiagnosticCategory.Error`. */
const ERROR = 1

interface RawDiagnostic {
  readonly fileName?: string | undefined
  readonly pos: number
  readonly end: number
  readonly code: number
  readonly text: string
  readonly messageChain?: readonly RawDiagnostic[] | undefined
}

function readDiagnostic({ fileName, pos, end, code, ...said }: RawDiagnostic): CompilerProblem {
  return { file: fileName, start: pos, end, code, message: chainText(said, 0) }
}

/** The compiler's reasons for its reasons, one a line, indented. */
function chainText({ text, messageChain = [] }: Pick<RawDiagnostic, 'text' | 'messageChain'>, depth: number): string {
  return [`${'  '.repeat(depth)}${text}`, ...messageChain.map((reason) => chainText(reason, depth + 1))].join('\n')
}

async function openSession({ files, workingDirectory }: CompilerOptions): Promise<Session> {
  const api = new (await importTypeScript()).API({ fs: files, cwd: workingDirectory })
  const { client } = api as unknown as HiddenClient
  await client.connect().catch((error: unknown) => {
    throw engineError('TYPE_CHECK_UNAVAILABLE', [`its compiler does not start (${String(error)}).`], { cause: error })
  })
  const child = client.process
  if (child === undefined) throw engineError('TYPE_CHECK_UNAVAILABLE', ['it shows no process; it is not the version that vivarium knows.'])
  shield(child)
  const ended = new Promise<string>((resolve) => {
    const tell = (code: number | null, signal: NodeJS.Signals | null): void => resolve(`its process ended (${signal ?? `code ${code}`})`)
    if (child.exitCode !== null || child.signalCode !== null) tell(child.exitCode, child.signalCode)
    else child.once('exit', tell)
  })
  return { api, child, ended, opened: new Set(), snapshot: undefined }
}

/**
 * TypeScript's client throws where nobody can catch it when it writes to a process that has just died. Here such a write succeeds, and whoever awaits the answer
 * hears of the death from `ended`.
 */
function shield({ stdin, stdout }: ChildProcess): void {
  if (stdin === null) return
  const write = stdin.write.bind(stdin) as (chunk: unknown, encoding: BufferEncoding, done: () => void) => boolean
  stdin.write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    const done = (typeof encoding === 'function' ? encoding : callback) as ((error?: null) => void) | undefined
    return write(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8', () => done?.())
  }
  for (const stream of [stdin, stdout]) stream?.on('error', () => undefined) // the process is gone
}

async function importTypeScript(): Promise<{ readonly API: typeof API }> {
  checkInstalled()
  return await import('typescript/unstable/async')
}

/** Where TypeScript keeps the types of the language itself. Throws `TYPE_CHECK_UNAVAILABLE`. */
export function compilerLibraries(): string {
  const typescript = checkInstalled()
  const native = `@typescript/typescript-${process.platform}-${process.arch}/package.json`
  try {
    return join(dirname(createRequire(typescript).resolve(native)), 'lib')
  } catch (cause) {
    throw engineError('TYPE_CHECK_UNAVAILABLE', [`it has no compiler for ${process.platform}-${process.arch} installed.`], { cause })
  }
}

/** The path of its manifest. Throws `TYPE_CHECK_UNAVAILABLE`. */
function checkInstalled(): string {
  let path: string
  try {
    path = createRequire(import.meta.url).resolve('typescript/package.json')
  } catch (cause) {
    throw engineError('TYPE_CHECK_UNAVAILABLE', ['it is not installed.'], { cause })
  }
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: string }
  if (version === VERSION) return path
  throw engineError('TYPE_CHECK_UNAVAILABLE', [`version ${version} is installed.`])
}
