// Runs one test file in a process group of its own, with a time limit, and reads uvu's summary.
// Nothing that the file started outlives it: what is left of the group is killed, and counts as a failure.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import type { TestFile } from './test-file.ts'

/** Where Node keeps what it has compiled: without it, half of the time would go into stripping types of the same files. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/vivarium-tests')
/** How long what a test started may take to go after the test's own process has ended. */
const LEFTOVER_GRACE_MS = 10_000

/** What came of one test file. */
export interface TestReport {
  readonly file: TestFile
  readonly passed: number
  /** Failed tests; at least 1 when the file as a whole went wrong. */
  readonly failed: number
  readonly skipped: number
  readonly ms: number
  /** What went wrong with the file as a whole, beside its tests. */
  readonly trouble: string | undefined
  readonly output: string
}

const running = new Set<ChildProcess>()

/** Ends every test that runs, at once. */
export function killAllTests(): void {
  for (const child of running) killGroup(child)
}

/** Runs a test file to its end. Never rejects because of the test. */
export async function runTestFile(file: TestFile): Promise<TestReport> {
  const started = performance.now()
  const temp = mkdtempSync(join(tmpdir(), 'viv-'))
  try {
    const end = await runProcess(file, temp)
    return report(file, end, performance.now() - started)
  } finally {
    rmSync(temp, { recursive: true, force: true, maxRetries: 3 })
  }
}

interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly timedOut: boolean
  readonly leftover: boolean
  readonly output: string
}

async function runProcess(file: TestFile, temp: string): Promise<ProcessEnd> {
  const child = spawn(process.execPath, [...file.nodeFlags, file.path], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: testEnvironment(temp),
  })
  running.add(child)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))

  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(child)
  }, file.timeoutMs)
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (...end) => resolve(end))
    child.once('error', (error) => {
      chunks.push(Buffer.from(String(error)))
      resolve([1, null])
    })
  })
  clearTimeout(timer)
  const leftover = !timedOut && (await hasLeftover(child))
  killGroup(child)
  await Promise.race([closed, sleep(LEFTOVER_GRACE_MS, undefined, { ref: false })])
  child.stdout.destroy()
  child.stderr.destroy()
  running.delete(child)
  return { code, signal, timedOut, leftover, output: stripVTControlCharacters(Buffer.concat(chunks).toString()) }
}

/** The environment of this process, without colours, with a temporary directory that goes when the test does, and one for compiled code that stays. */
function testEnvironment(temp: string): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, NODE_TEST_CONTEXT: __, ...environment } = process.env
  return { NODE_COMPILE_CACHE: COMPILED, ...environment, NO_COLOR: '1', TMPDIR: temp }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function hasLeftover(child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + LEFTOVER_GRACE_MS
  while (isGroupAlive(child)) {
    if (performance.now() > deadline) return true
    await sleep(20)
  }
  return false
}

/** Whether a process of the group still runs. A signal also reaches the dead that nobody has collected yet; `/proc` tells them apart. */
function isGroupAlive(child: ChildProcess): boolean {
  if (child.pid === undefined) return false
  try {
    process.kill(-child.pid, 0)
  } catch {
    return false // nobody is left
  }
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && isLiveMember(entry, child.pid))
}

function isLiveMember(pid: string, group: number | undefined): boolean {
  try {
    const stat = readFileSync(join('/proc', pid, 'stat'), 'utf8')
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(processGroup) === group && state !== 'Z' && state !== 'X'
  } catch {
    return false // it ended between the listing and the look
  }
}

function report(file: TestFile, end: ProcessEnd, ms: number): TestReport {
  const total = lastNumber(end.output, 'Total')
  const passed = lastNumber(end.output, 'Passed') ?? 0
  const skipped = lastNumber(end.output, 'Skipped') ?? 0
  const trouble = findTrouble(file, end, total, passed, skipped)
  const failedTests = (total ?? 0) - passed
  return { file, passed, failed: failedTests === 0 && trouble !== undefined ? 1 : failedTests, skipped, ms, trouble, output: end.output }
}

function findTrouble(file: TestFile, end: ProcessEnd, total: number | undefined, passed: number, skipped: number): string | undefined {
  if (end.timedOut) return `did not end within ${file.timeoutMs / 1000} s`
  if (end.signal !== null) return `was ended by ${end.signal}`
  if (total === undefined) return `printed no summary (exit code ${end.code}); is test.run() missing?`
  if (total === 0 && skipped === 0) return 'has no tests'
  if (end.leftover) return 'left a process running'
  if (end.code !== 0 && passed === total) return `ended with exit code ${end.code}`
  return undefined
}

/** The last number that uvu printed under this label; a test's own output may hold others. */
function lastNumber(output: string, label: string): number | undefined {
  const found = [...output.matchAll(new RegExp(`^ {2}${label}: +(\\d+)$`, 'gm'))].at(-1)?.[1]
  return found === undefined ? undefined : Number(found)
}
