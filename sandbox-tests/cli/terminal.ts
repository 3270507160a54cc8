// The program `vivarium` on a pseudo terminal, as a person has it before them: keys go in, and what comes out is drawn on a screen that can be read.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '../harness/expect-none.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { DrawnScreen } from './drawn-screen.ts'
import { PROGRAM } from './vivarium.ts'

/** Whether this machine has the program that makes pseudo terminals, as Linux has it. */
export const HAS_TERMINALS = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')

/** How it is started. */
export interface TerminalStart {
  readonly cwd: string
  readonly rows?: number
  readonly columns?: number
  readonly env?: { readonly [name: string]: string }
}

/** Both only end what hangs: a busy machine may take its time. */
const PATIENCE_MS = 90_000
const TIME_LIMIT_MS = 400_000

/** A program on a terminal of its own. */
export class TerminalProgram implements Disposable {
  /** Everything that it wrote. */
  raw = ''
  readonly screen: DrawnScreen
  readonly ended: Promise<number | null>
  readonly #files = tempDirectory()
  readonly #child: ReturnType<typeof spawn>

  constructor(args: readonly string[], { cwd, rows = 24, columns = 80, env = {} }: TerminalStart) {
    this.screen = new DrawnScreen(rows, columns)
    const file = (name: string): string => quote(join(this.#files.path, name))
    const program = [process.execPath, PROGRAM, ...args].map(quote).join(' ')
    const command = [
      `tty > ${file('tty')}`,
      `stty rows ${rows} cols ${columns}`,
      `sh -c 'echo $$ > "$0"; exec "$@"' ${file('pid')} ${program}`,
      'code=$?',
      `stty -a > ${file('after')}`,
      'exit $code',
    ].join('; ')
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd,
      env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm-256color', ...env },
      timeout: TIME_LIMIT_MS,
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.raw += text
      this.screen.write(text)
    })
    this.#child.stdin?.on('error', () => undefined) // it may end before it has read every key
    this.ended = new Promise((resolve) => this.#child.once('close', resolve))
  }

  /** The id of the program's process. */
  get pid(): number {
    return Number(readFileSync(join(this.#files.path, 'pid'), 'utf8'))
  }

  /** What `stty -a` said of the terminal when the program had ended. */
  get settingsAfter(): string {
    return readFileSync(join(this.#files.path, 'after'), 'utf8')
  }

  /** Presses keys. */
  press(keys: string): void {
    this.#child.stdin?.write(keys)
  }

  /** Makes the terminal another size. */
  resize(rows: number, columns: number): void {
    const tty = readFileSync(join(this.#files.path, 'tty'), 'utf8').trim()
    this.screen.resize(rows, columns)
    execFileSync('stty', ['-F', tty, 'rows', String(rows), 'cols', String(columns)])
  }

  /** Resolves when a whole picture shows it, never in the midst of one; fails with what the screen shows instead. */
  async shows(what: string | RegExp): Promise<void> {
    const isShown = (): boolean =>
      !this.screen.modes.synchronised && (typeof what === 'string' ? this.screen.text.includes(what) : what.test(this.screen.text))
    const deadline = performance.now() + PATIENCE_MS
    while (!isShown()) {
      if (performance.now() > deadline) fail(`The screen never showed ${String(what)}:\n${this.screen.text}`)
      await sleep(20)
    }
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
    if (existsSync(join(this.#files.path, 'pid')) && this.#child.exitCode === null) killQuietly(this.pid)
    this.#files[Symbol.dispose]()
  }
}

function killQuietly(pid: number): void {
  if (pid === 0) return // it was not written yet; to kill, 0 is everybody here
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
