// JSON that says where it is broken. The runtime's own parser often does not; esbuild's does, and is asked only then.
import { type TransformFailure, transformSync } from 'esbuild'
import { codeFrame } from '../engine/pipeline/code-frame.ts'
import { UsageError } from './usage-error.ts'

/** Parses text of a file that begins there at `firstLine`. Throws a `UsageError` with place and code frame. */
export function parseJson(text: string, file: string, firstLine: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw brokenJson(text, file, firstLine)
    throw error
  }
}

function brokenJson(text: string, file: string, firstLine: number): UsageError {
  const { line, column, what } = findFault(text)
  // A frame counts lines from the top of the file; those above the text are not at hand.
  const source = '\n'.repeat(firstLine - 1) + text
  const frame = codeFrame(source, { line: line + firstLine - 1, column })?.replace(/^(?: +\d+ \|\n)+/, '')
  const place = { file, line: line + firstLine - 1, column, ...(frame === undefined ? {} : { frame }) }
  return new UsageError(`The data is not valid JSON: ${what}.`, { place, hint: 'The data is one JSON document, or one JSON value a line.' })
}

interface Fault {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly what: string
}

function findFault(text: string): Fault {
  try {
    transformSync(text, { loader: 'json', logLevel: 'silent', logLimit: 1 })
  } catch (error) {
    const [first] = (error as Partial<TransformFailure>).errors ?? []
    // esbuild counts columns in bytes, from 0.
    if (first?.location) {
      const { line, column, lineText } = first.location
      const before = Buffer.from(lineText).subarray(0, column).toString()
      return { line, column: before.length + 1, what: first.text }
    }
  }
  return { line: 1, column: 1, what: 'it does not parse' }
}
