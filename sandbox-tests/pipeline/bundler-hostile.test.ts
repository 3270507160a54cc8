// timeout: 300s
// Sources made to harm whoever transpiles them: stopped in time, without cost to other scripts, and nothing is left behind.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { bundleText, defaultExportOf, over } from './bundling.ts'

/** Keeps a transpiler busy several times as long as any deadline here, on a quick machine too: the time grows with more than the square of the length. */
const BOMB = `export default ${'a=>'.repeat(2_500)}1`
const GREET = { id: 'greet', path: 'greet.ts' }
const isLinux = process.platform === 'linux'

/** Process ids of the transpilers of this process, dead but unburied ones included. */
function transpilers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
        return Number(parent) === process.pid && name === 'esbuild'
      } catch {
        return false
      }
    })
    .map(Number)
}

test('a compiler bomb is stopped at the deadline, while another script is bundled in its usual time', async () => {
  await using bundler = createBundler({ deadlineMs: 8_000 }) // a busy machine takes a second or two for the other script
  await bundleText(bundler, 'export default 0')
  const bombed = rejectionOf(bundleText(bundler, BOMB))
  const other = await Promise.race([bundleText(bundler, 'export default 1'), bombed])
  assert.ok('code' in other && 'hash' in other, 'the bomb was over before the other script')
  const error = await bombed
  assert.is(error.code, 'BUNDLE_TIMEOUT')
  assert.match(error.message, /\b8s\b/)
  assert.is(defaultExportOf(await bundleText(bundler, 'export default 2')), 2)
})

test('more bombs than workers delay the next script, and no more', async () => {
  await using bundler = createBundler({ deadlineMs: 4_000 })
  const bombs = Array.from({ length: 6 }, () => rejectionOf(bundleText(bundler, BOMB)))
  assert.is(defaultExportOf(await bundleText(bundler, 'export default 1')), 1)
  for (const error of await Promise.all(bombs)) assert.is(error.code, 'BUNDLE_TIMEOUT')
})

test('close ends transpilers that are busy, and buries them', async () => {
  if (!isLinux) return console.log('# skipped: reads /proc')
  const bundler = createBundler()
  const bombed = rejectionOf(bundleText(bundler, BOMB))
  await until(() => transpilers().length === 1, 'it is started')
  await sleep(1_000) // and busy
  await bundler.close()
  assert.is((await bombed).code, 'DISPOSED')
  assert.equal(transpilers(), [])
  assert.is((await rejectionOf(bundleText(bundler, 'export default 1'))).code, 'DISPOSED')
})

test('a deadline leaves no transpiler behind', async () => {
  if (!isLinux) return console.log('# skipped: reads /proc')
  await using bundler = createBundler({ deadlineMs: 300 })
  await rejectionOf(bundleText(bundler, BOMB))
  await until(() => transpilers().length === 0, 'the end of the transpiler')
})

test('workers that have nothing to do end', async () => {
  if (!isLinux) return console.log('# skipped: reads /proc')
  await using bundler = createBundler()
  await bundleText(bundler, 'export default 1')
  assert.is(transpilers().length, 1)
  await until(() => transpilers().length === 0, 'the end of the worker')
  assert.is(defaultExportOf(await bundleText(bundler, 'export default 2')), 2)
})

test('a bundler that nobody closes keeps no process alive, and one that works is waited for', () => {
  const bundlerAt = JSON.stringify(new URL('../../engine/pipeline/bundler.ts', import.meta.url).href)
  const helpersAt = JSON.stringify(new URL('./bundling.ts', import.meta.url).href)
  const program = `import { createBundler } from ${bundlerAt}; import { bundleText } from ${helpersAt}
    const bundle = await bundleText(createBundler(), 'export default 1'); process.stdout.write(bundle.script)`
  const started = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8', timeout: 100_000 })
  assert.equal([started.status, started.stdout], [0, 'greet'], started.stderr)
})

test('a transpiler that dies is a fault of that bundling alone', async () => {
  if (!isLinux) return console.log('# skipped: reads /proc')
  await using bundler = createBundler()
  const bombed = rejectionOf(bundleText(bundler, BOMB))
  await until(() => transpilers().length > 0, 'it is started')
  for (const pid of transpilers()) process.kill(pid, 'SIGKILL')
  assert.is((await bombed).code, 'BUNDLER_LOST')
  assert.is(defaultExportOf(await bundleText(bundler, 'export default 1')), 1)
})

test('messages that repeat a long line do not fill the memory', async () => {
  if (!isLinux) return console.log('# skipped: no way to see the memory of a process')
  await using bundler = createBundler({ deadlineMs: 100_000 })
  const error = await rejectionOf(bundleText(bundler, 'let x;'.repeat(8_000)))
  assert.is(error.code, 'BUNDLE_MEMORY_EXCEEDED')
})

test('nested blocks print as small as they are written', async () => {
  await using bundler = createBundler()
  const bundle = await bundleText(bundler, `export default 1;${'{'.repeat(4_000)}f()${'}'.repeat(4_000)}`)
  assert.ok(bundle.code.length < 10_000, `${bundle.code.length} characters`)
})

test('an error on a line of a megabyte has a frame that fits a screen', async () => {
  await using bundler = createBundler()
  const error = await rejectionOf(bundleText(bundler, `export default "${'é'.repeat(200_000)}" 5; f("${'x'.repeat(300_000)}")`))
  assert.is(error.code, 'SYNTAX_ERROR')
  assert.is(error.place?.column, 200_019)
  assert.ok((error.place?.frame?.length ?? 0) < 400)
})

test('messages and frames carry no control characters of the source', async () => {
  await using bundler = createBundler()
  const error = await rejectionOf(bundleText(bundler, 'import a from "./\u001B[31mred\u202E"; export default a'))
  assert.is(error.code, 'IMPORT_FORBIDDEN')
  assert.not.match(`${error.message}${error.place?.frame}`, /(?!\n)\p{Cc}|\p{Cf}/u)
})

test('a source cannot break out of the expression that it is bundled into', async () => {
  await using bundler = createBundler()
  const texts = [
    'export default "})();escaped=1;(()=>{"',
    'export default 1 //',
    'export default 1 /* })',
    'export default 1\n})',
    '})\nexport default 1',
    'export default 1\n//# sourceMappingURL=data:,x\n/*! @license */',
  ]
  for (const text of texts) {
    const bundle = await bundleText(bundler, text).catch(() => undefined)
    if (bundle === undefined) continue
    assert.match(bundle.code, /^\(\(\$define\)=>\{.*\}\)\n?$/s)
    assert.ok(['})();escaped=1;(()=>{', 1].includes(defaultExportOf(bundle) as string | number), text)
  }
})

test('planted tsconfig.json and package.json files steer nothing', async () => {
  const script =
    "import './lib/effect.ts'; import a from './data/a.mts'; class A { declared = this.x; x: any }\nexport default { a, made: globalThis.made, keys: Object.keys(new A()) }"
  const files = {
    'greet.ts': script,
    'lib/effect.ts': '(globalThis as any).made = 1',
    'data/a.mts': 'export default import.meta === undefined',
  }
  const plain = { ...files, 'data/a.mts': 'export default 1' }
  const planted = {
    'tsconfig.json': JSON.stringify({
      extends: './other.json',
      compilerOptions: {
        paths: { './data/a.mts': ['./evil.ts'] },
        baseUrl: '.',
        useDefineForClassFields: false,
        target: 'es5',
        jsx: 'react',
      },
    }),
    'lib/tsconfig.json': '{ not json',
    'package.json': JSON.stringify({
      name: 'zod',
      type: 'commonjs',
      sideEffects: false,
      imports: { '#a': './evil.js' },
      browser: { './data/a.mts': './evil.js' },
    }),
    'data/package.json': JSON.stringify({ type: 'commonjs', sideEffects: false }),
    '.pnp.cjs': 'throw new Error("planted")',
    'evil.ts': 'export default "evil"',
  }
  using clean = tempDirectory(plain)
  using dirty = tempDirectory({ ...plain, ...planted })
  await using bundler = createBundler()
  const [a, b] = await Promise.all([clean, dirty].map(({ path }) => bundler.bundle(GREET, over({}, { store: diskStore(path) }))))
  assert.is(b?.code, a?.code)
  assert.equal(JSON.parse(JSON.stringify(defaultExportOf(b ?? (assert.unreachable() as never)))), {
    a: 1,
    made: 1,
    keys: ['declared', 'x'],
  })
})

test('links out of the directory, FIFOs and devices are files that are not there', async () => {
  using outside = tempDirectory({ 'secret.ts': 'export default "canary"', 'secret.json': '"canary"' })
  using root = tempDirectory({ 'greet.ts': '', 'lib/a.ts': 'export default 1' })
  symlinkSync(join(outside.path, 'secret.ts'), join(root.path, 'lib/out.ts'))
  symlinkSync(join(outside.path, 'secret.json'), join(root.path, 'out.json'))
  symlinkSync(outside.path, join(root.path, 'lib/outside'))
  symlinkSync('/dev/zero', join(root.path, 'lib/zero.ts'))
  assert.is(spawnSync('mkfifo', [join(root.path, 'lib/pipe.ts')]).status, 0)
  symlinkSync('a.ts', join(root.path, 'lib/inside.ts'))
  await using bundler = createBundler()
  const bundle = (specifier: string) => {
    root.write('greet.ts', `import a from '${specifier}'; export default a`)
    return bundler.bundle(GREET, over({}, { store: diskStore(root.path) }))
  }
  for (const specifier of ['./lib/out.ts', './out.json', './lib/outside/secret.ts', './lib/zero.ts', './lib/pipe.ts']) {
    const error = await rejectionOf(bundle(specifier))
    assert.is(error.code, 'IMPORT_NOT_FOUND', specifier)
    assert.not.match(error.message, outside.path)
  }
  const linked = await bundle('./lib/inside.ts')
  assert.is(defaultExportOf(linked), 1)
  assert.equal(linked.inputs, ['greet.ts', 'lib/a.ts', 'lib/inside.ts'], 'a change of either name reloads it')
  assert.ok(existsSync(root.path))
})

test.run()
