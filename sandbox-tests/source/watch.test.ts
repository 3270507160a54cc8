// Watching a directory: every way in which editors and people change files is one report of the right paths.
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { diskStore } from '../../engine/source/disk-store.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

interface Watched {
  readonly root: string
  /** Reports until nothing has come for a while. */
  reports(): Promise<string[][]>
}

async function watching(files: { readonly [path: string]: string }, act: (watched: Watched) => Promise<void>): Promise<void> {
  using root = tempDirectory(files)
  let reports: string[][] = []
  const watch = await diskStore(root.path).watch((paths) => reports.push([...paths].sort()))
  const settled = async (): Promise<string[][]> => {
    for (let waited = 0; reports.length === 0 && waited < 5_000; waited += 50) await sleep(50)
    await sleep(250)
    const seen = reports
    reports = []
    return seen
  }
  try {
    await act({ root: root.path, reports: settled })
  } finally {
    await watch.close()
  }
}

test('added, changed, removed and renamed files are reported', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports }) => {
    writeFileSync(join(root, 'b.ts'), '1')
    assert.equal(await reports(), [['b.ts']])
    writeFileSync(join(root, 'a.ts'), '2')
    assert.equal(await reports(), [['a.ts']])
    unlinkSync(join(root, 'a.ts'))
    assert.equal(await reports(), [['a.ts']])
    renameSync(join(root, 'b.ts'), join(root, 'c.ts'))
    assert.equal(await reports(), [['b.ts', 'c.ts']])
  })
})

test('new, renamed and removed folders report their files', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports }) => {
    mkdirSync(join(root, 'x/y'), { recursive: true })
    writeFileSync(join(root, 'x/y/z.ts'), '1')
    assert.equal((await reports()).flat().includes('x/y/z.ts'), true)
    renameSync(join(root, 'x'), join(root, 'w'))
    const renamed = new Set((await reports()).flat())
    assert.ok(renamed.has('x/y/z.ts') && renamed.has('w/y/z.ts'))
    rmSync(join(root, 'w'), { recursive: true })
    assert.ok((await reports()).flat().includes('w/y/z.ts'))
  })
})

test('atomic saves of editors are one report', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports }) => {
    const path = join(root, 'a.ts')
    writeFileSync(join(root, '.a.ts.swp'), '2')
    renameSync(join(root, '.a.ts.swp'), path)
    assert.equal(await reports(), [['a.ts']], 'write beside, rename over')
    renameSync(path, `${path}~`)
    writeFileSync(path, '3')
    unlinkSync(`${path}~`)
    assert.equal(await reports(), [['a.ts']], 'move away, write anew')
    unlinkSync(path)
    writeFileSync(path, '4')
    assert.equal(await reports(), [['a.ts']], 'remove, write anew')
  })
})

test('a burst of saves is one report', async () => {
  await watching({ 'a.ts': '1', 'b.ts': '1' }, async ({ root, reports }) => {
    for (let i = 0; i < 20; i++) {
      writeFileSync(join(root, 'a.ts'), String(i))
      writeFileSync(join(root, 'b.ts'), String(i))
      await sleep(5)
    }
    assert.equal(await reports(), [['a.ts', 'b.ts']])
  })
})

test('a storm that does not end is reported all the same', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports }) => {
    const over = new AbortController()
    const storm = (async () => {
      for (let i = 0; !over.signal.aborted; i++) {
        writeFileSync(join(root, 'a.ts'), String(i))
        await sleep(10)
      }
    })()
    await sleep(2_500)
    over.abort()
    await storm
    assert.ok((await reports()).length >= 2)
  })
})

test('what cannot be part of a script reports nothing', async () => {
  using outside = tempDirectory({ 'a.ts': '1' })
  await watching({ 'node_modules/a/index.js': '1', '.git/a.ts': '1', 'state.sqlite': '' }, async ({ root, reports }) => {
    symlinkSync(outside.path, join(root, 'out.d'))
    for (const path of ['node_modules/a/index.js', '.git/a.ts', 'state.sqlite', 'notes.md', '.b.ts']) writeFileSync(join(root, path), '2')
    writeFileSync(join(outside.path, 'a.ts'), '2')
    writeFileSync(join(root, 'last.ts'), '')
    assert.equal(await reports(), [['last.ts']])
  })
})

test('after close nothing is reported, and the process may end', async () => {
  using root = tempDirectory({ 'a.ts': '1' })
  let reports = 0
  const watch = await diskStore(root.path).watch(() => reports++)
  writeFileSync(join(root.path, 'a.ts'), '2')
  await watch.close()
  writeFileSync(join(root.path, 'a.ts'), '3')
  await sleep(200)
  assert.is(reports, 0)
})

test.run()
