// The script-store contract: a directory and a store in memory behave alike.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { diskStore, memoryStore, type ScriptStore } from '../../engine/index.ts'
import { until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

/** A store, and how its files are changed from outside. */
interface Kept extends Disposable {
  readonly store: ScriptStore
  write(path: string, text: string): void
  remove(path: string): void
}

const STORES: { readonly [name: string]: (files: { readonly [path: string]: string }) => Kept } = {
  disk: (files) => {
    const directory = tempDirectory(files)
    return {
      store: diskStore(directory.path),
      write: (path, text) => void directory.write(path, text),
      remove: (path) => rmSync(join(directory.path, path)),
      [Symbol.dispose]: () => directory[Symbol.dispose](),
    }
  },
  memory: (files) => {
    const store = memoryStore(files)
    return { store, write: store.write, remove: store.remove, [Symbol.dispose]: () => undefined }
  },
}

const FILES = {
  'b.ts': 'export default () => 2',
  'a.js': 'export default () => 1',
  'deep/er/c.ts': 'export default () => 3',
  'folder/index.ts': 'export default () => 4',
  'folder/part.ts': 'export const part = 1',
  'lib/shared.ts': 'export const shared = 1',
  'types.d.ts': 'declare const x: number',
  'b.test.ts': 'no script',
  'notes.md': '# notes',
  'data.json': '{"a":1}',
  '.hidden/x.ts': 'no script',
}

for (const [name, open] of Object.entries(STORES)) {
  test(`${name}: lists scripts by id, and nothing else`, async () => {
    using kept = open(FILES)
    const listed = await kept.store.list()
    using reference = (STORES['memory'] as (typeof STORES)[string])(FILES)
    assert.equal(listed, await reference.store.list(), 'the same as any store')
    const ids = listed.map(({ id }) => id)
    assert.equal(ids, [...ids].sort())
    for (const id of ['a', 'b', 'folder']) assert.ok(ids.includes(id), `${id} in ${ids.join(', ')}`)
    for (const { path } of listed) assert.not.match(path, /hidden|lib\/|\.d\.ts|\.md|\.json|part/)
  })

  test(`${name}: reads what is there, and tells what is not`, async () => {
    using kept = open({ ...FILES, 'bom.ts': '\uFEFFexport default 1', 'ünï/cödé.ts': '// 🌍' })
    const { store } = kept
    assert.is((await store.read('b.ts', 1_000))?.text, FILES['b.ts'])
    assert.is((await store.read('data.json', 1_000))?.text, FILES['data.json'])
    assert.is((await store.read('bom.ts', 1_000))?.text, 'export default 1', 'without its byte order mark')
    assert.is((await store.read('ünï/cödé.ts', 1_000))?.text, '// 🌍')
    for (const absent of ['nothing.ts', 'folder', '../outside.ts', '/etc/passwd', 'folder/../../x', '', '.'])
      assert.is(await store.read(absent, 1_000), undefined, absent)
    const exact = Buffer.byteLength(FILES['b.ts'])
    assert.ok(await store.read('b.ts', exact))
    assert.is((await rejectionOf(store.read('b.ts', exact - 1))).code, 'SOURCE_TOO_LARGE')
  })

  test(`${name}: two files with one id are a conflict`, async () => {
    using kept = open({ 'a.ts': '', 'a.js': '' })
    assert.is((await rejectionOf(kept.store.list())).code, 'SCRIPT_ID_CONFLICT')
  })

  test(`${name}: an empty store lists nothing`, async () => {
    using kept = open({})
    assert.equal(await kept.store.list(), [])
  })

  test(`${name}: a watch reports paths that were added, changed and removed, bursts as one, and nothing after it is closed`, async () => {
    using kept = open({ 'a.ts': '1', 'b.ts': '1' })
    const reports: string[][] = []
    const watch = await kept.store.watch((paths) => reports.push([...paths].sort()))
    kept.write('c.ts', 'new')
    await until(() => reports.some((paths) => paths.includes('c.ts')), 'added')
    kept.remove('b.ts')
    await until(() => reports.some((paths) => paths.includes('b.ts')), 'removed')
    await new Promise((resolve) => setTimeout(resolve, 200)) // nothing more of what was before
    reports.length = 0
    for (let i = 0; i < 20; i++) kept.write('a.ts', `burst ${i}`)
    await until(() => reports.length > 0, 'changed')
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.ok(reports.length <= 2, `a burst made ${reports.length} reports`)
    assert.equal(new Set(reports.flat()), new Set(['a.ts']))
    assert.is((await kept.store.read('a.ts', 100))?.text, 'burst 19')
    await watch.close()
    reports.length = 0
    kept.write('a.ts', 'after')
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.equal(reports, [])
  })
}

test.run()
