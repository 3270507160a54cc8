// The program `vivarium` as a child process, as people and programs start it.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../harness/source-files.ts'

/** The file that is started. */
export const PROGRAM = join(ROOT, 'cli', 'main.ts')

/** How a run ended. */
export interface CommandEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How it is started. */
export interface CommandStart {
  readonly cwd: string
  /** All of standard input; without it the input ends at once. */
  readonly input?: string
  readonly env?: { readonly [name: string]: string }
}

/** It only ends what hangs: a busy machine may take its time. */
const TIME_LIMIT_MS = 300_000

/** Runs a command to its end. */
export async function vivarium(args: readonly string[], { cwd, input = '', env }: CommandStart): Promise<CommandEnd> {
  const command = startVivarium(args, { cwd, ...(env && { env }) })
  command.child.stdin.end(input)
  return await command.end
}

/** Starts a command; its input stays open. */
export function startVivarium(args: readonly string[], { cwd, env = {} }: Omit<CommandStart, 'input'>) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...process.env, ...env }, timeout: TIME_LIMIT_MS })
  child.stdin.on('error', () => undefined) // it may end before it has read everything
  return { child, end: endOf(child) }
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<CommandEnd> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (text: string) => {
      texts[name] += text
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, ...texts }
}
