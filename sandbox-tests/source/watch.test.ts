// Watching a directory: every way in which editors and people change files is one report of the right paths.
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { diskStore } from '../../engine/source/disk-store.ts'
import { until } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

/** Changes that are further apart than this may be reports of their own. */
const QUIET_MS = 50

interface Watched {
  readonly root: string
  /** Reports since the last time: waits until each of these paths is among them, then until nothing has come for a while. */
  reports(...expected: string[]): Promise<string[][]>
  /** How many reports there are that were not asked for yet. */
  count(): number
}

async function watching(files: { readonly [path: string]: string }, act: (watched: Watched) => Promise<void>): Promise<void> {
  using root = tempDirectory(files)
  let reports: string[][] = []
  const watch = await diskStore(root.path).watch((paths) => reports.push([...paths].sort()))
  const settled = async (...expected: string[]): Promise<string[][]> => {
    await until(() => expected.every((path) => reports.flat().includes(path)), `reports of ${expected.join(', ')}`)
    for (let seen = -1; seen !== reports.length; await sleep(250)) seen = reports.length
    const all = reports
    reports = []
    return all
  }
  try {
    await act({ root: root.path, reports: settled, count: () => reports.length })
  } finally {
    await watch.close()
  }
}

test('added, changed, removed and renamed files are reported', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports }) => {
    writeFileSync(join(root, 'b.ts'), '1')
    assert.equal(await reports('b.ts'), [['b.ts']])
    writeFileSync(join(root, 'a.ts'), '2')
    assert.equal(await reports('a.ts'), [['a.ts']])
    unlinkSync(join(root, 'a.ts'))
    assert.equal(await reports('a.ts'), [['a.ts']])
    renameSync(join(root, 'b.ts'), join(root, 'c.ts'))
    assert.equal(await reports('b.ts', 'c.ts'), [['b.ts', 'c.ts']])
  })
})

test('new, renamed and removed folders report their files', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports }) => {
    mkdirSync(join(root, 'x/y'), { recursive: true })
    writeFileSync(join(root, 'x/y/z.ts'), '1')
    await reports('x/y/z.ts')
    renameSync(join(root, 'x'), join(root, 'w'))
    await reports('x/y/z.ts', 'w/y/z.ts')
    rmSync(join(root, 'w'), { recursive: true })
    await reports('w/y/z.ts')
  })
})

test('atomic saves of editors are one report', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports }) => {
    const path = join(root, 'a.ts')
    writeFileSync(join(root, '.a.ts.swp'), '2')
    renameSync(join(root, '.a.ts.swp'), path)
    assert.equal(await reports('a.ts'), [['a.ts']], 'write beside, rename over')
    renameSync(path, `${path}~`)
    writeFileSync(path, '3')
    unlinkSync(`${path}~`)
    assert.equal(await reports('a.ts'), [['a.ts']], 'move away, write anew')
    unlinkSync(path)
    writeFileSync(path, '4')
    assert.equal(await reports('a.ts'), [['a.ts']], 'remove, write anew')
  })
})

test('a burst of saves is one report', async () => {
  await watching({ 'a.ts': '1', 'b.ts': '1' }, async ({ root, reports }) => {
    let bursts = 1
    let last = performance.now()
    for (let i = 0; i < 20; i++) {
      writeFileSync(join(root, 'a.ts'), String(i))
      writeFileSync(join(root, 'b.ts'), String(i))
      await sleep(5)
      // A machine that paused made two bursts of one.
      if (performance.now() - last > QUIET_MS / 2) bursts++
      last = performance.now()
    }
    const seen = await reports('a.ts', 'b.ts')
    if (bursts === 1) assert.equal(seen, [['a.ts', 'b.ts']])
    else assert.ok(seen.length <= bursts, `${seen.length} reports of ${bursts} bursts`)
  })
})

test('a storm that does not end is reported all the same', async () => {
  await watching({ 'a.ts': '1' }, async ({ root, reports, count }) => {
    const over = new AbortController()
    const storm = (async () => {
      for (let i = 0; !over.signal.aborted; i++) {
        writeFileSync(join(root, 'a.ts'), String(i))
        await sleep(10)
      }
    })()
    await until(() => count() >= 2, 'two reports while it lasts')
    over.abort()
    await storm
    await reports('a.ts')
  })
})

test('what cannot be part of a script reports nothing', async () => {
  using outside = tempDirectory({ 'a.ts': '1' })
  await watching({ 'node_modules/a/index.js': '1', '.git/a.ts': '1', 'state.sqlite': '' }, async ({ root, reports }) => {
    symlinkSync(outside.path, join(root, 'out.d'))
    for (const path of ['node_modules/a/index.js', '.git/a.ts', 'state.sqlite', 'notes.md', '.b.ts']) writeFileSync(join(root, path), '2')
    writeFileSync(join(outside.path, 'a.ts'), '2')
    writeFileSync(join(root, 'last.ts'), '')
    assert.equal(await reports('last.ts'), [['last.ts']])
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
