// Who imports whom, as esbuild parses it: exact, without resolving packages.
// An import is a value import when it is there at run time, else a type import (`import type …`, `import('…').T`).
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { ROOT, readText } from './source-files.ts'

/** One import. */
export interface ImportEdge {
  readonly from: string
  /** A path relative to the repository's root, or a package's name. */
  readonly to: string
  readonly kind: 'value' | 'type'
}

/** Reads the imports of files (paths relative to the root). Rejects where one does not parse. */
export async function readImports(files: readonly string[]): Promise<ImportEdge[]> {
  const values = await parse(files, (text) => text)
  const all = await parse(files, typesAsValues)
  const known = new Set(values.map(({ from, to }) => `${from} ${to}`))
  return [
    ...values.map((edge) => ({ ...edge, kind: 'value' as const })),
    ...all.filter(({ from, to }) => !known.has(`${from} ${to}`)).map((edge) => ({ ...edge, kind: 'type' as const })),
  ]
}

/** Everything that the files in `start` import, directly or not, with the path that leads there. */
export function reach(edges: readonly ImportEdge[], start: readonly string[]): Map<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>(start.map((file) => [file, [file]]))
  const queue = [...start]
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const { to } of edges.filter(({ from }) => from === file)) {
      if (paths.has(to)) continue
      paths.set(to, [...(paths.get(file) ?? []), to])
      queue.push(to)
    }
  }
  return paths
}

/** A cycle for every file that is in one, shortest first; each cycle once. */
export function findCycles(edges: readonly ImportEdge[]): string[][] {
  const cycles = new Map<string, string[]>()
  for (const { from, to } of edges) {
    const back = reach(edges, [to]).get(from)
    if (back !== undefined) cycles.set([...back].sort().join(' '), [from, ...back])
  }
  return [...cycles.values()].sort((a, b) => a.length - b.length)
}

/** The same source with every type import turned into one that stays. */
function typesAsValues(text: string): string {
  const inline = [...text.matchAll(/\bimport\(\s*'(\.[^']+)'\s*\)/g)].map(([, specifier]) => `import '${specifier}'\n`)
  return text.replace(/^(\s*)(import|export) type (?=[\w{*])(?!\w+\s*[=<])/gm, '$1$2 ') + inline.join('')
}

async function parse(files: readonly string[], prepare: (text: string) => string): Promise<{ from: string; to: string }[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...files],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [onlyThisRepository(prepare)],
  })
  return listEdges(metafile)
}

function listEdges(metafile: Metafile): { from: string; to: string }[] {
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) => imports.map(({ path }) => ({ from, to: path })))
}

/** Follows relative imports to files that exist; packages, and files that are missing, stay names. */
function onlyThisRepository(prepare: (text: string) => string): Plugin {
  return {
    name: 'only-this-repository',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, resolveDir, kind }) => {
        if (kind === 'entry-point') return { path: join(ROOT, path) }
        if (!path.startsWith('.')) return { path, external: true }
        const target = join(resolveDir, path)
        return existsSync(target) && target.endsWith('.ts') ? { path: target } : { path: target.slice(ROOT.length + 1), external: true }
      })
      onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: prepare(readText(path.slice(ROOT.length + 1))), loader: 'ts' }))
    },
  }
}
