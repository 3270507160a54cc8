// The entry of a bundle worker: a thin shell around esbuild, whose service is a process of its own here and ends with the worker.
// It decides nothing: every import and every file is the host's answer to a question.
import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MessagePort, parentPort } from 'node:worker_threads'
import * as esbuild from 'esbuild'
import type {
  BundleAnswer,
  BundleJob,
  BundleProblem,
  BundleQuestion,
  BundleResult,
  FromBundleWorker,
  ToBundleWorker,
} from './bundle-protocol.ts'
import { watchMemory } from './process-memory.ts'
import { relocateSources, withoutSourceMap } from './relocate-sources.ts'

// A worker thread always has a parent port.
const port = parentPort as MessagePort
/** A hostile source can have a hundred thousand problems; the first few are of use. */
const MOST_PROBLEMS = 10
const LONGEST_TEXT = 1_000
/** What tests import as `vivarium/test`: evaluated with them, inside the sandbox. */
const TEST_MODULE = new URL('../testing/index.ts', import.meta.url)
/** Written as that module imports it, so that both get the same one. */
const SUITE = TEST_MODULE.pathname.endsWith('.ts') ? '"./suite.ts"' : '"./suite.js"'

/** The transpiler's process. Node announces each child process; this thread starts only this one. */
let service: ChildProcess | undefined
subscribe('child_process', (message) => {
  service = (message as { process: ChildProcess }).process
})

const waiting = new Map<number, (answer: BundleAnswer) => void>()
let questions = 0

port.on('message', async (message: ToBundleWorker) => {
  switch (message.kind) {
    case 'bundle':
      return tell({ kind: 'done', result: await bundle(message.job) })
    case 'answer':
      waiting.get(message.id)?.(message.answer)
      waiting.delete(message.id)
      return
    case 'end':
      await endService()
      return process.exit(0)
    default:
      return message satisfies never
  }
})
tell({ kind: 'ready' })

function tell(message: FromBundleWorker): void {
  port.postMessage(message)
}

function ask(question: BundleQuestion): Promise<BundleAnswer> {
  const id = questions++
  const answered = new Promise<BundleAnswer>((resolve) => waiting.set(id, resolve))
  tell({ kind: 'ask', id, question })
  return answered
}

/** Waits until the process is reaped: a thread that ends before its child leaves a zombie behind. */
async function endService(): Promise<void> {
  if (service === undefined || service.exitCode !== null || service.signalCode !== null) return
  const ended = once(service, 'exit')
  service.kill('SIGKILL')
  await ended
}

async function bundle(job: BundleJob): Promise<BundleResult> {
  const memory = watchMemory(() => service?.pid, job.memoryBytes, endService)
  try {
    return await toResult(await esbuild.build(buildOptions(job)), job)
  } catch (error) {
    if (memory.isExceeded()) return { kind: 'out-of-memory' }
    const problems = (error as Partial<esbuild.BuildFailure>).errors
    return problems === undefined ? { kind: 'lost' } : { kind: 'failed', problems: problems.slice(0, MOST_PROBLEMS).map(toProblem) }
  } finally {
    memory.stop()
  }
}

function toResult(built: esbuild.BuildResult<ReturnType<typeof buildOptions>>, job: BundleJob): BundleResult {
  const code = built.outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? ''
  const bytes = Buffer.byteLength(code)
  if (bytes > job.bundleBytes) return { kind: 'too-large', bytes }
  return {
    kind: 'bundled',
    code,
    sourceMap: relocateSources(built.outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? '{}'),
    warnings: built.warnings
      .filter(({ id }) => id in REFUSED_SYNTAX)
      .slice(0, MOST_PROBLEMS)
      .map(toProblem),
    hasExports: built.metafile.inputs[`script:${job.entry}`]?.format !== undefined,
  }
}

function toProblem({ id, text, detail, location }: esbuild.Message): BundleProblem {
  const place = location ? { file: location.file, line: location.line, column: location.column } : undefined
  return { id, text: text.slice(0, LONGEST_TEXT), code: detail?.code, location: place }
}

/** Syntax that would survive into the bundle and only fail when it runs: reported, so that the host can refuse it with its place. */
const REFUSED_SYNTAX: Record<string, esbuild.LogLevel> = {
  'unsupported-dynamic-import': 'warning',
  'unsupported-require-call': 'warning',
  'empty-import-meta': 'warning',
}

function buildOptions(job: BundleJob) {
  return {
    entryPoints: ['vivarium:entry'],
    absWorkingDir: job.workingDirectory,
    outfile: join(job.workingDirectory, 'bundle.js'),
    write: false,
    bundle: true,
    metafile: true,
    format: 'iife',
    platform: 'neutral',
    // What a package makes for browsers does without Node, as the sandbox does.
    mainFields: ['browser', 'module', 'main'],
    conditions: ['module', 'browser'],
    target: 'es2023',
    charset: 'utf8',
    // Indentation alone would let 8 KB of nested blocks print 32 MB. Names stay, for stacks.
    minifyWhitespace: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: true,
    // Set, so that no tsconfig.json on the way up steers the output. Imports count as they are written: one that is used for its types only, and does not
    // say so, is asked about like any other.
    tsconfigRaw: '{ "compilerOptions": { "verbatimModuleSyntax": true } }',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: '(($define)=>{"use strict";' },
    footer: { js: '})' },
    logLevel: 'silent',
    logOverride: REFUSED_SYNTAX,
    plugins: [{ name: 'vivarium', setup: (build) => answerFromHost(build, job) }],
  } as const satisfies esbuild.BuildOptions
}

/** Namespaces: `vivarium` for what no file of the user holds, `script` for the script's files, esbuild's own `file` for installed packages. */
function answerFromHost(build: esbuild.PluginBuild, job: BundleJob): void {
  build.onResolve({ filter: /.*/ }, async ({ path, kind, namespace, importer, with: attributes }) => {
    if (kind === 'entry-point') return { path: 'entry', namespace: 'vivarium' }
    if (namespace === 'vivarium') return resolveOwn(path, job)
    // Inside a package a relative path is esbuild's own affair: where it leads is asked when the file is loaded.
    if (namespace === 'file' && path.startsWith('.')) return undefined
    const asked = {
      kind: 'resolve',
      specifier: path,
      importer: namespace === 'script' ? importer : undefined,
      importKind: kind,
      attributes,
    } as const
    return toResolved(await ask(asked))
  })
  build.onLoad({ filter: /.*/, namespace: 'vivarium' }, ({ path }) => loadOwn(path, job))
  build.onLoad({ filter: /.*/, namespace: 'script' }, async ({ path }) => toLoaded(await ask({ kind: 'load', path }), job.directory))
  build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => toLoaded(await ask({ kind: 'load-package-file', path })))
}

/** The entry imports one file of the user, and, where that defines tests, what collects them; the module for tests has files of its own. */
function resolveOwn(path: string, { entry }: BundleJob): esbuild.OnResolveResult {
  return { path, namespace: path === entry ? 'script' : 'vivarium' }
}

async function loadOwn(path: string, { entry, isTest }: BundleJob): Promise<esbuild.OnLoadResult> {
  const file = JSON.stringify(entry)
  if (path === 'entry' && isTest) return { contents: `import ${file};import { suite } from ${SUITE};$define(suite)` }
  if (path === 'entry') return { contents: `import script from ${file};$define(script)` }
  if (path === 'script') return { contents: 'export const defineScript = (definition) => definition' }
  return { contents: await readFile(path === 'test' ? TEST_MODULE : new URL(path, TEST_MODULE), 'utf8'), loader: 'ts' }
}

function toResolved(answer: BundleAnswer): esbuild.OnResolveResult | undefined {
  if (answer.kind === 'refused') return { errors: [toMessage(answer)] }
  if (answer.kind === 'file') return { path: answer.path, namespace: 'script' }
  return answer.kind === 'virtual' ? { path: answer.module, namespace: 'vivarium' } : undefined
}

function toLoaded(answer: BundleAnswer, resolveDir?: string): esbuild.OnLoadResult {
  if (answer.kind === 'source') {
    const contents = withoutSourceMap(answer.text, answer.loader)
    return { contents, loader: answer.loader, ...(resolveDir === undefined ? {} : { resolveDir }) }
  }
  return { errors: answer.kind === 'refused' ? [toMessage(answer)] : [] }
}

function toMessage({ code, message }: Extract<BundleAnswer, { kind: 'refused' }>): esbuild.PartialMessage {
  return { text: message, detail: { code } }
}
