// The published package, from outside: built, packed, installed into an empty project, used from JavaScript, TypeScript and the shell.
// timeout: 300s
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, posix, resolve } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fail } from '../harness/expect-none.ts'
import { ROOT } from '../harness/source-files.ts'

/** Without these there is no package yet. */
const isComplete = ['engine/index.ts', 'bindings/index.ts', 'cli/main.ts'].every((path) => existsSync(join(ROOT, path)))
if (!isComplete) console.log('# skipped: engine/index.ts, bindings/index.ts and cli/main.ts are not all there yet')
const packageTest = isComplete ? test : test.skip

const SCRIPT = `import { defineScript } from 'vivarium/script'

export default defineScript({
  name: 'Greeter',
  on: { greet: (event: { name: string }, ctx) => {
    ctx.log.info('greeting', { name: event.name })
    return \`Hello, \${event.name}\`
  } },
})
`

const FROM_JAVASCRIPT = `import { createEngine } from 'vivarium'
import { standardBindings } from 'vivarium/bindings'

const engine = await createEngine({ scripts: './scripts', bindings: standardBindings() })
const { outcomes } = await engine.emit('greet', { name: 'Ada' })
console.log(JSON.stringify(outcomes.map(({ script, status, value }) => ({ script, status, value }))))
await engine.close()
`

const FROM_TYPESCRIPT = `import { createEngine, defineBinding, defineEvents, type Outcome } from 'vivarium'
import { standardBindings } from 'vivarium/bindings'
import { z } from 'zod'

const clock = defineBinding('clock', {
  zone: { input: z.tuple([]), output: z.string(), handler: () => 'UTC' },
})

await using engine = await createEngine({
  scripts: './scripts',
  events: defineEvents({ greet: { payload: z.object({ name: z.string() }) } }),
  bindings: [...standardBindings(), clock],
})
const { outcomes } = await engine.emit('greet', { name: 'Grace' })
const first: Outcome | undefined = outcomes[0]
if (first?.status === 'ok') console.log(first.value)
else console.log(first?.status, first?.error?.code, first?.error?.message)
// @ts-expect-error: the payload's type comes from the schema
engine.emit('greet', { name: 1 }).catch(() => undefined)
`

const HOMES = `import { createEngine } from 'vivarium'

const found = []
for (const defaults of [{ runtime: 'v8' }, { runtime: 'v8', fallback: 'quickjs' }, { placement: 'process' }]) {
  const engine = await createEngine({ scripts: './scripts', workers: 1, policy: { version: 1, defaults } })
  const [{ runtime, placement, warnings, error }] = engine.scripts()
  const [outcome] = (await engine.emit('greet', { name: 'Ada' })).outcomes
  found.push({ runtime, placement, warnings, code: error?.code, message: error?.message, status: outcome?.status ?? 'load_failed' })
  await engine.close()
}
console.log(JSON.stringify(found))
`

/** What HOMES tells of an engine's one script. */
interface Home {
  readonly runtime: string
  readonly placement: string
  readonly warnings: readonly string[]
  readonly code?: string
  readonly message?: string
  readonly status: string
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
  },
  include: ['app.ts', 'scripts'],
})

let project = ''
let packed: readonly string[] = []

test.before(() => {
  if (!isComplete) return
  const temp = mkdtempSync(join(tmpdir(), 'pack-'))
  const built = join(temp, 'built')
  project = join(temp, 'project')
  run(ROOT, process.execPath, 'build.ts', built)
  const [{ filename, files }] = JSON.parse(run(built, 'npm', 'pack', '--json', '--loglevel=error', '--pack-destination', temp)) as [
    { filename: string; files: { path: string }[] },
  ]
  packed = files.map(({ path }) => path)

  mkdirSync(join(project, 'scripts'), { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }')
  writeFileSync(join(project, 'tsconfig.json'), TSCONFIG)
  writeFileSync(join(project, 'scripts', 'greeter.ts'), SCRIPT)
  writeFileSync(join(project, 'app.mjs'), FROM_JAVASCRIPT)
  writeFileSync(join(project, 'app.ts'), FROM_TYPESCRIPT)
  writeFileSync(join(project, 'homes.mjs'), HOMES)
  run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', join(temp, filename), '@types/node@24')
})
test.after(() => {
  if (isComplete) rmSync(dirname(project), { recursive: true, force: true })
})

packageTest('the tarball holds JavaScript, declarations and documents, and nothing else', () => {
  const strangers = packed.filter((path) => !/\.(js|d\.ts|json|md|wasm|yaml|css|html)$|\bLICENSE$/.test(path) && !path.startsWith('cli/'))
  assert.equal(strangers, [])
  assert.equal(
    packed.filter((path) => /^(sandbox-tests|bench|scripts|node_modules)\//.test(path)),
    [],
  )
  const wasm = ['engine/sandbox/quickjs/quickjs.wasm', 'engine/sandbox/quickjs/quickjs.LICENSE']
  for (const path of ['LICENSE', 'CHANGELOG.md', 'package.json', 'engine/index.js', 'engine/index.d.ts', 'cli/main.js', ...wasm]) {
    assert.ok(packed.includes(path), path)
  }
})

packageTest('links between its documents lead to documents', () => {
  const documents = packed.filter((path) => path.endsWith('.md'))
  const links = documents.flatMap((path) => {
    const text = readFileSync(join(project, 'node_modules/vivarium', path), 'utf8')
    return [...text.matchAll(/\]\(([^)#:]+\.md)(?:#[^)]*)?\)/g)].map(([, to = '']) => posix.join(posix.dirname(path), to))
  })
  assert.ok(links.length > 5)
  assert.equal(
    links.filter((path) => !packed.includes(path)),
    [],
  )
})

packageTest('its manifest asks for nothing that only development needs', () => {
  const manifest = JSON.parse(readFileSync(join(project, 'node_modules/vivarium/package.json'), 'utf8'))
  assert.is(manifest.devDependencies, undefined)
  assert.is(manifest.scripts, undefined)
})

packageTest('plain JavaScript creates an engine, emits an event and prints the outcome', () => {
  assert.equal(JSON.parse(run(project, process.execPath, 'app.mjs')), [{ script: 'greeter', status: 'ok', value: 'Hello, Ada' }])
})

packageTest('TypeScript checks strictly against the shipped declarations', () => {
  run(project, process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--project', project)
})

packageTest('TypeScript runs as it is', () => {
  assert.is(run(project, process.execPath, 'app.ts').trim(), 'Hello, Grace')
})

packageTest('without isolated-vm, scripts on v8 fail and say what to install, or fall back; processes run what they run anyway', () => {
  assert.ok(!existsSync(join(project, 'node_modules/isolated-vm')))
  const [alone, fallen, apart] = JSON.parse(run(project, process.execPath, 'homes.mjs')) as Home[]
  assert.equal([alone?.status, alone?.code, alone?.runtime], ['load_failed', 'V8_UNAVAILABLE', 'v8'])
  assert.match(alone?.message ?? '', /the package "isolated-vm" is not installed\. Install it: npm install isolated-vm@/)
  assert.equal([fallen?.status, fallen?.runtime, fallen?.warnings.length], ['ok', 'quickjs', 1])
  assert.equal([apart?.status, apart?.runtime, apart?.placement], ['ok', 'quickjs', 'process'])
})

packageTest('the program "vivarium" explains itself', () => {
  const help = run(project, join(project, 'node_modules', '.bin', 'vivarium'), '--help')
  for (const command of ['run', 'check', 'init', 'explain']) assert.match(help, command)
})

packageTest('an error says where its page of the docs lies', () => {
  writeFileSync(join(project, 'broken.yaml'), 'version: 2\n')
  const program = join(project, 'node_modules', '.bin', 'vivarium')
  const { stdout } = spawnSync(program, ['check', '--policy', 'broken.yaml'], { cwd: project, encoding: 'utf8', env: environment() })
  const [page] = /\S+\.md(?=#POLICY_INVALID)/.exec(stdout) ?? []
  assert.ok(page !== undefined && existsSync(resolve(project, page)), stdout)
})

/** Runs a program to its end and returns what it printed; fails the test with its output where it fails. */
function run(directory: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: directory,
    encoding: 'utf8',
    env: environment(),
    timeout: 200_000,
  })
  if (status !== 0) fail(`${program} ${args.join(' ')} (status ${status})\n${error ?? ''}${stdout}${stderr}`)
  return stdout
}

/** This Node first on the path; without what `npm test` says about the package that it runs in. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command|config_local_prefix)/.test(name))
  return { ...Object.fromEntries(own), PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` }
}

test.run()
