// Small rooms, and every export documented.
import { test } from 'uvu'
import { expectNone } from '../harness/expect-none.ts'
import { listSources, readText } from '../harness/source-files.ts'

const MAX_LINES = 300
/** A test file reads from top to bottom, one test after another. */
const MAX_TEST_LINES = 500
const DIRECTORIES = ['engine', 'bindings', 'cli', 'bench', 'sandbox-tests']
/** A header that says why its file is larger: "Larger than most, because …". */
const REASON = /\b(larger|longer|one file)\b.*\b(because|since|so that)\b/is

const sources = [...listSources(...DIRECTORIES), 'build.ts']

test('every source file has at most 300 lines (a test file 500), or says why not in its header', () => {
  const large = sources.filter((file) => countLines(file) > maxLines(file) && !REASON.test(readHeader(file)))
  expectNone(
    large.map((file) => `${file}: ${countLines(file)} lines`),
    `Too large, without "larger … because …" in the header`,
  )
})

test('every source file starts with a comment that says what lives there', () => {
  const bare = sources.filter((file) => !file.endsWith('.test.ts') && readHeader(file) === '')
  expectNone(bare, 'Files without a header comment')
})

test('every export of engine and bindings is documented', () => {
  const found = listSources('engine', 'bindings').flatMap((file) => findUndocumented(readText(file)).map((line) => `${file}:${line}`))
  expectNone(found, 'Exports without /** … */')
})

test('the share of comments is told', () => {
  for (const directory of DIRECTORIES) {
    const files = listSources(directory)
    const lines = files.flatMap((file) => readText(file).split('\n')).filter((line) => line.trim() !== '')
    const comments = lines.filter((line) => /^\s*(\/\/|\/\*|\*)/.test(line)).length
    const share = Math.round((100 * comments) / Math.max(1, lines.length))
    const median = files.map(countLines).sort((a, b) => a - b)[Math.floor(files.length / 2)] ?? 0
    console.log(`# ${directory}: ${files.length} files, ${lines.length} lines, median ${median} a file, ${share}% comments`)
  }
})

function maxLines(file: string): number {
  return file.endsWith('.test.ts') ? MAX_TEST_LINES : MAX_LINES
}

function countLines(file: string): number {
  return readText(file).trimEnd().split('\n').length
}

/** The comment that a file starts with, after a shebang. */
function readHeader(file: string): string {
  const text = readText(file).replace(/^#!.*\n/, '')
  return /^(\/\/.*\n)+|^\/\*.*?\*\//s.exec(text)?.[0] ?? ''
}

/** Line numbers of the declarations that are exported without a comment of their own; an overload has the comment of the first. */
function findUndocumented(text: string): number[] {
  const lines = text.split('\n')
  let documented = ''
  return lines.flatMap((line, index) => {
    const name = /^export (?:default )?(?:abstract |async |declare )*(?:function\*?|class|const|let|interface|type) (\w+)/.exec(line)?.[1]
    if (name === undefined && !line.startsWith('export default')) return []
    if (name !== undefined && name === documented) return []
    if (!isDocumented(lines.slice(0, index))) return [index + 1]
    documented = name ?? ''
    return []
  })
}

/** Whether what stands above ends with a doc comment; a directive to a linter may stand between. */
function isDocumented(above: readonly string[]): boolean {
  const last = above.findLast((line) => !/^\s*\/\/ (biome|oxlint)-/.test(line))
  return last?.trim().endsWith('*/') === true
}

test.run()
