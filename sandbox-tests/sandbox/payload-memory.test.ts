// What a payload occupies is the script's to use again as soon as its handler has let go of it: while the run waits, and in the next run of a kept state.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import type { Cell, RunEnd } from '../../engine/sandbox/sandbox.ts'
import { NOW_MS, PATIENT, SEED, SHAPE, terms } from '../harness/cells.ts'

/** As many objects as the script makes when it is told to. */
const ITEMS = Array.from({ length: 40_000 }, (_, i) => ({ i }))
const CODE = `(define) => {
  const make = () => Array.from({ length: ${ITEMS.length} }, (_, i) => ({ i })).length
  define(({ task, items }) => {
    if (task === 'make while it is here') return make() + items.length
    if (task === 'make after a wait') return new Promise((done) => setTimeout(() => done(make()), 1))
    return task === 'make' ? make() : items.length
  })
}`
const MARKER = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }

function openCell() {
  const cell = createQuickJsSandbox({}, MARKER).createCell(PATIENT.memoryBytes)
  assert.ok(cell.load({ code: CODE, touches: '', limits: PATIENT, now: NOW_MS, seed: SEED }).ok)
  return { cell, image: cell.freeze(SHAPE) }
}

async function memoryOf(cell: Cell, begun: RunEnd | undefined): Promise<number> {
  let end = begun
  while (end === undefined) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, (cell.nextDue ?? 0) - performance.now())))
    end = cell.fireDue(NOW_MS + 5)
  }
  assert.is(end.status, 'ok', JSON.stringify(end))
  return end.usage.memoryBytes
}

async function memoryOfBoth(): Promise<number> {
  const { cell, image } = openCell()
  return await memoryOf(cell, cell.start(image, terms({ task: 'make while it is here', items: ITEMS }), false))
}

test('a payload that nobody holds is not kept while the run waits', async () => {
  const { cell, image } = openCell()
  for (const sameScript of [false, true, true]) {
    const bytes = await memoryOf(cell, cell.start(image, terms({ task: 'make after a wait', items: ITEMS }), sameScript))
    assert.ok(bytes < 0.75 * (await memoryOfBoth()), `${bytes} bytes`)
  }
})

test('a kept state does not keep the payloads of its runs', async () => {
  const { cell, image } = openCell()
  await memoryOf(cell, cell.start(image, terms({ task: 'count', items: ITEMS }), false))
  const bytes: number[] = []
  for (const task of ['make', 'count', 'count', 'make']) {
    const payload = task === 'count' ? { task, items: ITEMS } : { task }
    bytes.push(await memoryOf(cell, cell.resume(terms(payload))))
  }
  const both = await memoryOfBoth()
  for (const each of bytes) assert.ok(each < 0.75 * both, `${each} bytes, and ${both} for a payload and as much again`)
})

test('the run that begins a kept state leaves as much room as later ones', async () => {
  const { cell, image } = openCell()
  const payload = { task: 'count', items: ['x'.repeat(400_000)] }
  const begun = { ...terms(payload), isKept: true }
  const first = await memoryOf(cell, cell.start(image, begun, false))
  for (let i = 0; i < 2; i++) {
    const bytes = await memoryOf(cell, cell.resume(begun))
    assert.ok(bytes < first + 100_000, `${bytes} bytes after ${first}`)
  }
})

test.run()
