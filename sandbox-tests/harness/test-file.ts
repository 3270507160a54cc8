// Which test files there are, and what each asks for in its header comment:
//   // node: --expose-gc        flags for node
//   // timeout: 300s            instead of the default
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Four times what the slowest of those that say nothing takes on a machine that does much else. */
const DEFAULT_TIMEOUT_MS = 240_000

/** One test file and how it wants to be run. */
export interface TestFile {
  readonly path: string
  /** The path as people type it: relative to the directory of tests, `/` between the parts, without `.test.ts`. */
  readonly name: string
  readonly nodeFlags: readonly string[]
  readonly timeoutMs: number
}

/**
 * The test files below `root` whose name contains one of `filters` (all files without filters).
 * Those that may take longest come first, so that they do not start last.
 */
export function findTestFiles(root: string, filters: readonly string[]): TestFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !path.split(sep).includes('node_modules'))
    .map((path) => readTestFile(root, join(root, path)))
    .filter((file) => filters.length === 0 || filters.some((filter) => matches(file, filter)))
    .sort((a, b) => b.timeoutMs - a.timeoutMs || a.name.localeCompare(b.name))
}

/** A filter may be part of a name (`policy`), or a path as a shell completes it (`sandbox-tests/policy/load.test.ts`). */
function matches(file: TestFile, filter: string): boolean {
  return `${file.name}.test.ts`.includes(filter) || file.path.endsWith(join(sep, filter))
}

function readTestFile(root: string, path: string): TestFile {
  const header = readHeader(readFileSync(path, 'utf8'))
  const seconds = /^\/\/ timeout: (\d+)s$/m.exec(header)?.[1]
  return {
    path,
    name: relative(root, path)
      .split(sep)
      .join('/')
      .replace(/\.test\.ts$/, ''),
    nodeFlags: /^\/\/ node: (.+)$/m.exec(header)?.[1]?.trim().split(/\s+/) ?? [],
    timeoutMs: seconds === undefined ? DEFAULT_TIMEOUT_MS : Number(seconds) * 1000,
  }
}

/** The comment lines that a file starts with. */
function readHeader(source: string): string {
  const lines = source.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('//'))
  return lines.slice(0, end === -1 ? lines.length : end).join('\n')
}
