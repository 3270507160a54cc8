// What the host and a bundle worker say to each other. The worker asks about every import and every file; the host decides.
import type { Message } from 'esbuild'
import type { ErrorCode } from '../errors/codes.ts'
import type { VirtualModule } from './resolve-import.ts'

/** The work: one script, one bundle. */
export interface BundleJob {
  /** The entry file, relative to the store's root. */
  readonly entry: string
  /** Whether the entry is a file of tests: its bundle defines them, not what it exports. */
  readonly isTest: boolean
  /** Where the search for packages starts. */
  readonly directory: string
  /** Paths of packages in the output are relative to it. */
  readonly workingDirectory: string
  /** Larger output is not sent back. */
  readonly bundleBytes: number
  /** The most memory that transpiling may take. */
  readonly memoryBytes: number
}

/** Host to worker. */
export type ToBundleWorker =
  | { readonly kind: 'bundle'; readonly job: BundleJob }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: BundleAnswer }
  /** End the transpiler, then yourself. */
  | { readonly kind: 'end' }

/** Worker to host. */
export type FromBundleWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: BundleQuestion }
  | { readonly kind: 'done'; readonly result: BundleResult }

/** What the worker cannot decide. */
export type BundleQuestion =
  | {
      readonly kind: 'resolve'
      readonly specifier: string
      /** Undefined: a file of an installed package. */
      readonly importer: string | undefined
      readonly importKind: string
      readonly attributes: { readonly [name: string]: string }
    }
  /** A file of the script, by its path relative to the root. */
  | { readonly kind: 'load'; readonly path: string }
  /** A file of an installed package, by its absolute path. */
  | { readonly kind: 'load-package-file'; readonly path: string }

/** The host's decision. */
export type BundleAnswer =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'virtual'; readonly module: VirtualModule }
  /** Let the bundler look among the installed packages; each file that it finds is asked for. */
  | { readonly kind: 'package' }
  | { readonly kind: 'source'; readonly text: string; readonly loader: 'ts' | 'js' | 'json' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }

/** One thing that the transpiler found wrong; `code` is set where the host had refused. */
export interface BundleProblem {
  readonly id: string
  readonly text: string
  readonly code: ErrorCode | undefined
  /** As the transpiler counts: line from 1, column from 0 in bytes. */
  readonly location: Pick<NonNullable<Message['location']>, 'file' | 'line' | 'column'> | undefined
}

/** What came of a job. */
export type BundleResult =
  | {
      readonly kind: 'bundled'
      readonly code: string
      readonly sourceMap: string
      readonly warnings: readonly BundleProblem[]
      readonly hasExports: boolean
    }
  | { readonly kind: 'failed'; readonly problems: readonly BundleProblem[] }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'out-of-memory' }
  /** The transpiler ended by itself; this worker is of no more use. */
  | { readonly kind: 'lost' }
