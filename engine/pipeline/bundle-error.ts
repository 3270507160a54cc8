// Turns what the transpiler found wrong into errors of the engine: in our words, with the user's place, without a path of the host.
import { isBuiltin } from 'node:module'
import { resolve, sep } from 'node:path'
import type { ErrorCode, ErrorFacts } from '../errors/codes.ts'
import { EngineError, type ErrorPlace, engineError } from '../errors/engine-error.ts'
import type { ScriptEntry } from '../model/script.ts'
import type { BundleProblem } from './bundle-protocol.ts'
import { codeFrame } from './code-frame.ts'
import { describeOrigin, type PackageImport, packageOf } from './package-import.ts'
import { printableUpTo } from './printable.ts'
import { shownPath } from './relocate-sources.ts'
import { describeBuiltin } from './resolve-import.ts'
import { lineOf, readSource } from './source-text.ts'

const LONGEST_MESSAGE = 500

/** What is known about the bundling that went wrong. */
export interface BundleSituation {
  readonly entry: ScriptEntry
  /** The folder that the transpiler's paths are relative to. */
  readonly workingDirectory: string
  /** The text of a file that was read: by path relative to the root, or by absolute path. */
  readonly textOf: (path: string) => string | undefined
  /** What the script's files import of packages. */
  readonly packageImports: readonly PackageImport[]
}

/** The error that a problem is. */
export function toBundleError(problem: BundleProblem, situation: BundleSituation): EngineError {
  const place = placeOf(problem, situation)
  const text = cleanText(problem.text, situation)
  const origin = originOf(place, situation)
  const because = <C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>): EngineError =>
    engineError(code, facts, place && { place, ...origin })
  if (problem.code !== undefined)
    return new EngineError(problem.code, text, place && { place, ...(origin ?? hintFor(problem.code, place)) })
  if (problem.location?.file === 'vivarium:entry') return engineError('MANIFEST_MISSING', [], { place: startOf(situation) })
  const refusal = REFUSALS[problem.id]
  if (refusal !== undefined) return because('IMPORT_FORBIDDEN', ...refusal)
  if (text.startsWith('Top-level await')) return because('SYNTAX_ERROR', 'The top level of a script cannot await; await inside a handler.')
  const wanted = /^Could not resolve "(.+)"/.exec(text)?.[1]
  return wanted === undefined ? because('SYNTAX_ERROR', text) : toUnresolved(wanted, problem, because)
}

/** A script without a default export. */
export function missingManifest(situation: BundleSituation): EngineError {
  return engineError('MANIFEST_MISSING', [], { place: startOf(situation) })
}

/** A file of a package is a stranger's: how the script comes to it. */
function originOf(place: ErrorPlace | undefined, { packageImports, textOf }: BundleSituation): { readonly hint: string } | undefined {
  const failing = place && packageOf(place.file)
  const hint = failing === undefined ? undefined : describeOrigin(failing, packageImports, textOf)
  return hint === undefined ? undefined : { hint }
}

/** Imports count as they are written: one of types alone must say so. */
function hintFor(code: ErrorCode, { file }: ErrorPlace): { readonly hint?: string } {
  const mayBeTypes = code === 'IMPORT_PACKAGE_DENIED' || code === 'IMPORT_NOT_FOUND'
  return mayBeTypes && file.endsWith('.ts') ? { hint: 'Where only its types are used, write "import type".' } : {}
}

/** Syntax that would only fail when it runs: [what, why]. */
const REFUSALS: Readonly<Record<string, readonly [string, string]>> = {
  'unsupported-dynamic-import': ['import(…)', 'what is imported must be written as a plain string, so that it can be bundled.'],
  'unsupported-require-call': ['require(…)', 'a script has no require(); write an import.'],
  'empty-import-meta': ['import.meta', 'a bundled script has no place or URL of its own.'],
}

type Because = <C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>) => EngineError

/** The search among installed packages found nothing: for a package's own import, or for a part of a package that there is not. */
function toUnresolved(wanted: string, { location }: BundleProblem, because: Because): EngineError {
  const wanting = location && packageOf(location.file)
  if (wanting === undefined) return because('IMPORT_NOT_FOUND', wanted, 'what the installed package exports')
  if (isBuiltin(wanted)) return because('IMPORT_FORBIDDEN', wanted, `the package "${wanting}" wants it. ${describeBuiltin(wanted)}`)
  const name = packageOf(`node_modules/${wanted}`)
  if (wanted.startsWith('.') || name === undefined) return because('IMPORT_NOT_FOUND', wanted, `the files of the package "${wanting}"`)
  return because('IMPORT_PACKAGE_NOT_FOUND', name, `the project that holds the scripts directory ("${wanting}" needs it)`)
}

/** The transpiler counts columns in bytes from 0; people and editors count characters from 1. */
function placeOf({ location }: BundleProblem, { workingDirectory, textOf }: BundleSituation): ErrorPlace | undefined {
  const file = location === undefined ? null : shownPath(location.file)
  if (location === undefined || file === null) return undefined
  const text = textOf(location.file.startsWith('script:') ? file : resolve(workingDirectory, location.file)) ?? ''
  const source = readSource(text)
  const lines = source.starts.length
  // What the transpiler misses at the very end, it misses behind the line that is added to every source.
  const isBeyond = location.line > lines
  const line = Math.min(location.line, lines)
  const before = Buffer.from(lineOf(source, line) ?? '').subarray(0, isBeyond ? undefined : location.column)
  const place = { line, column: before.toString().length + 1 }
  const frame = codeFrame(source, place)
  return { file, ...place, ...(frame === undefined ? {} : { frame }) }
}

function startOf({ entry, textOf }: BundleSituation): ErrorPlace {
  const start = { line: 1, column: 1 }
  const frame = codeFrame(textOf(entry.path) ?? '', start)
  return { file: entry.path, ...start, ...(frame === undefined ? {} : { frame }) }
}

function cleanText(text: string, { workingDirectory }: BundleSituation): string {
  return printableUpTo(
    text
      .replaceAll('"script:', '"')
      .replaceAll(workingDirectory + sep, '')
      .trim(),
    LONGEST_MESSAGE,
  )
}
