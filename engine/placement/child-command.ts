// The command that starts a child process: which program, with what it may reach and how much it may take.
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A program with its arguments. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

/** What a child is to be. */
export interface ChildKind {
  readonly runtime: 'quickjs' | 'v8'
  readonly jitless: boolean
  /** It runs one script under a debugger: with runtime `v8`. */
  readonly isDebugged?: boolean
}

const ENTRY = fileURLToPath(new URL('./child-process-entry.ts', import.meta.url))
const ENGINE = fileURLToPath(new URL('../', import.meta.url))
const MANIFEST = fileURLToPath(new URL('../../package.json', import.meta.url))
/** Packages that the entry of each runtime reads, each with those that it needs itself. */
const PACKAGES = { quickjs: ['lru-cache'], v8: ['lru-cache', 'isolated-vm/node-gyp-build'] } as const
/** The finder of isolated-vm's native code looks here for the kind of C library. */
const C_LIBRARY_MARK = '/etc/alpine-release'

const SHELL = '/bin/sh'
/** A stack as threads have it, with room to spare, in KiB: the engine's own limit acts first. */
const STACK_KIB = { real: 65_536, v8: 32_768 }
/** Where the machine allows no larger stack than is usual. */
const SMALL_STACK_KIB = 7_000
/** Where the child writes its frames. The standard output that its host reads is not its own standard output: what prints, in native code too, is no frame. */
const FRAMES_FD = { ofShell: 4, withoutShell: 1 }
/**
 * Timers may be late by this much, in ns, so that one wake-up serves many: isolated-vm leaves a timer behind for each entry with a timeout, and its thread
 * would wake for each of them. Where the system has no such setting, it does.
 */
const TIMER_SLACK_NS = 500_000
const TIMER_SLACK = '/proc/self/timerslack_ns'
/** The process becomes the program: timers that wait for each other, no core files, few descriptors, no large files, a stack. */
const SHELL_SCRIPT = [
  'unset PWD OLDPWD SHLVL _', // which shells add
  `[ -w ${TIMER_SLACK} ] && echo ${TIMER_SLACK_NS} >${TIMER_SLACK}`,
  'ulimit -c 0',
  'ulimit -n 64',
  'ulimit -f 2048',
  `ulimit -s ${STACK_KIB.real} && set -- --stack-size=${STACK_KIB.v8} "$@" || set -- --stack-size=${SMALL_STACK_KIB} "$@"`,
  `exec "$0" "$@" ${FRAMES_FD.ofShell}>&1 1>&2`,
].join('\n')
/** Of the program's own heap: what it keeps of messages. */
const HEAP_MIB = 512
/** No machine code is made of what scripts are: neither of functions nor of regular expressions. `--jitless` would take WebAssembly from the engine, too. */
const JITLESS = ['--no-opt', '--no-maglev', '--no-sparkplug', '--regexp-interpret-all']

/** The command for a kind of child. */
export function childCommand({ runtime, jitless, isDebugged = false }: ChildKind): Command {
  const args = [
    '--permission',
    ...readable(runtime).map((path) => `--allow-fs-read=${path}`),
    ...(runtime === 'v8' ? ['--allow-addons'] : []),
    ...(jitless ? JITLESS : []),
    '--no-node-snapshot',
    `--max-old-space-size=${HEAP_MIB}`,
    '--disable-sigusr1',
    '--no-warnings',
    '--title=vivarium-start',
    ENTRY,
    isDebugged ? `${runtime}-debug` : runtime,
  ]
  if (existsSync(SHELL)) return { file: SHELL, args: ['-c', SHELL_SCRIPT, process.execPath, ...args, String(FRAMES_FD.ofShell)] }
  return { file: process.execPath, args: [`--stack-size=${SMALL_STACK_KIB}`, ...args, String(FRAMES_FD.withoutShell)] }
}

/** What the child may read until it has started: the engine, and the packages that it needs. */
function readable(runtime: ChildKind['runtime']): readonly string[] {
  const packages = PACKAGES[runtime].flatMap(packageDirectories)
  const directories = [ENGINE, ...packages, ...packages.map((directory) => realpathSync(directory))].map((directory) =>
    join(directory, '*'),
  )
  const files = [MANIFEST, ...packages.flatMap(linksOnTheWay), ...(runtime === 'v8' ? [C_LIBRARY_MARK] : [])]
  return [...new Set([...directories, ...files])].sort((a, b) => a.length - b.length) // Node overlooks a path that comes after one below it
}

/** The directories of a package, and of a package that it needs (`package/its-package`). None where it is not installed: the child will say so. */
function packageDirectories(chain: string): readonly string[] {
  const [name = '', needed] = chain.startsWith('@') ? [chain] : chain.split('/')
  const directory = findPackage(ENTRY, name)
  if (directory === undefined) return []
  const inner = needed === undefined ? undefined : findPackage(join(realpathSync(directory), 'index.js'), needed)
  return inner === undefined ? [directory] : [directory, inner]
}

function findPackage(from: string, name: string): string | undefined {
  const places = createRequire(from).resolve.paths(name) ?? []
  return places.map((place) => join(place, name)).find((directory) => existsSync(directory))
}

/** Node looks at each part of a path, and at each part of where a link leads. */
function linksOnTheWay(path: string): readonly string[] {
  const parent = dirname(path)
  if (parent === path) return []
  if (!lstatSync(path).isSymbolicLink()) return linksOnTheWay(parent)
  return [path, ...linksOnTheWay(parent), ...linksOnTheWay(resolve(parent, readlinkSync(path)))]
}
