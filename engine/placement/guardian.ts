// Ends child processes when their host is gone, however it went: a child that computes sees nothing of it. The guardian is a shell that waits for the end of its
// input, which only the host holds. One for each placement, and only while there are children.
import { type ChildProcess, spawn } from 'node:child_process'

const SHELL = '/bin/sh'
/** A machine on which shells do not last has none. Nothing else is lost: an idle child ends by itself. */
const MOST_TRIES = 20
/** Takes the children that there are; reads `+ pid` and `- pid`, and at the end of input kills those that are left. */
const SCRIPT = `trap '' HUP INT QUIT TERM
pids=" $* "
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid ";;
    -) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }";; esac;;
  esac
done
[ "$pids" = ' ' ] || kill -KILL $pids`

/** See the head of the file. */
export class Guardian {
  readonly #pids = new Set<number>()
  #shell: ChildProcess | undefined
  /** How many more shells are worth a try. */
  #tries = process.platform === 'win32' ? 0 : MOST_TRIES

  /** Watches over a child. */
  add(pid: number): void {
    this.#pids.add(pid)
    if (this.#shell === undefined) this.#start()
    else this.#tell(`+ ${pid}\n`)
  }

  /** A child is gone. */
  remove(pid: number): void {
    if (!this.#pids.delete(pid)) return
    this.#tell(`- ${pid}\n`)
    if (this.#pids.size > 0) return
    this.#shell?.stdin?.end()
    this.#shell = undefined
  }

  #start(): void {
    if (this.#tries-- <= 0) return
    // It knows them from its first moment: its host may be gone before it could be told.
    const shell = spawn(SHELL, ['-c', SCRIPT, 'vivarium-guardian', ...[...this.#pids].map(String)], {
      detached: true,
      env: {},
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#shell = shell
    const replace = (): void => {
      if (this.#shell !== shell) return
      this.#shell = undefined
      if (this.#pids.size > 0) this.#start() // somebody ended it
    }
    shell.on('error', replace).on('exit', replace)
    shell.stdin?.on('error', () => undefined) // its exit tells
    shell.unref()
    const handle = shell.stdin as { unref?: () => void } | null
    handle?.unref?.()
  }

  #tell(line: string): void {
    this.#shell?.stdin?.write(line)
  }
}
