// Makes the package that is published: `npm run build`, or `node build.ts DIRECTORY`, then `npm pack` in there.
// The compiler turns imports of `.ts` into `.js`; what it leaves (entries of threads and processes, declarations) is rewritten here.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = import.meta.dirname
const SOURCES = ['engine', 'bindings', 'cli']
const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'docs']
/** Text for users to start from: shipped as it is, never compiled. */
const TEMPLATES = 'cli/templates/'
const SHEBANG = '#!/usr/bin/env node\n'

const target = resolve(process.argv[2] ?? join(ROOT, 'dist'))
rmSync(target, { recursive: true, force: true })
compile()
copyAssets()
rewriteReferences()
for (const path of writeManifest()) makeExecutable(join(target, path))

function compile(): void {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.build.json', '--outDir', target], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

/** Documents, and what lies beside the sources and is not compiled. */
function copyAssets(): void {
  for (const path of DOCUMENTS) {
    if (existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(target, path), { recursive: true })
  }
  for (const path of SOURCES.flatMap((directory) => listFiles(ROOT, directory))) {
    const isCompiled = path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.startsWith(TEMPLATES)
    if (!isCompiled) cpSync(join(ROOT, path), join(target, path))
  }
}

/** `new URL('./entry.ts', import.meta.url)` and the specifiers of declarations name files that exist here as `.js`. */
function rewriteReferences(): void {
  for (const path of SOURCES.flatMap((directory) => listFiles(target, directory))) {
    if (!/\.(js|d\.ts)$/.test(path) || path.startsWith(TEMPLATES)) continue
    const text = readFileSync(join(target, path), 'utf8')
    const pattern = path.endsWith('.js')
      ? /(\bnew URL\(['"]\.[^'"]*)\.ts(['"], import\.meta\.url\))/g
      : /(\b(?:from|import\(|import) ?['"]\.[^'"]*)\.ts(['"])/g
    const rewritten = text.replace(pattern, '$1.js$2')
    if (rewritten !== text) writeFileSync(join(target, path), rewritten)
  }
}

/** Writes package.json with what users of the package need. Returns the paths of its programs. */
function writeManifest(): string[] {
  const { name, version, description, license, type, engines, exports, bin, dependencies, ...others } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  const manifest = {
    name,
    version,
    description,
    license,
    type,
    engines,
    exports: Object.fromEntries(Object.entries<string>(exports).map(([key, path]) => [key, toExport(path)])),
    bin: Object.fromEntries(Object.entries<string>(bin).map(([key, path]) => [key, toJavaScript(path)])),
    dependencies,
    peerDependencies: others.peerDependencies,
    peerDependenciesMeta: others.peerDependenciesMeta,
  }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  return Object.values(manifest.bin)
}

function toExport(path: string): string | { types: string; default: string } {
  return path.endsWith('.ts') ? { types: path.replace(/\.ts$/, '.d.ts'), default: toJavaScript(path) } : path
}

function toJavaScript(path: string): string {
  return path.replace(/\.ts$/, '.js')
}

function makeExecutable(path: string): void {
  if (!existsSync(path)) return
  const text = readFileSync(path, 'utf8')
  if (!text.startsWith('#!')) writeFileSync(path, SHEBANG + text)
  chmodSync(path, 0o755)
}

/** Paths of the files below a directory, relative to `root`. */
function listFiles(root: string, directory: string): string[] {
  if (!existsSync(join(root, directory))) return []
  return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
}
