// Idle cells: who gets which, and how many are kept.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CellPool } from '../../engine/runner/cell-pool.ts'
import type { Cell } from '../../engine/sandbox/sandbox.ts'
import { CountedSandbox } from './counted-sandbox.ts'

const MiB = 1024 * 1024
const BOUND = { idleBytes: 3 * MiB, areBound: true, moveState: false }

/** By identity: to tell how two cells differ would print their memories. */
function isExactly(cells: readonly Cell[], expected: readonly Cell[]): boolean {
  return cells.length === expected.length && cells.every((cell, i) => cell === expected[i])
}

test('a cell goes back to the script that it served last, and says so', () => {
  const pool = new CellPool(new CountedSandbox())
  const { cell: a } = pool.take(MiB, 'a')
  const { cell: b } = pool.take(MiB, 'b')
  pool.give(a, MiB, 'a')
  pool.give(b, MiB, 'b')
  for (const [key, cell] of [
    ['b', b],
    ['a', a],
  ] as const) {
    const taken = pool.take(MiB, key)
    assert.ok(taken.cell === cell)
    assert.ok(taken.servedSame)
  }
})

test('a script without a cell of its own gets the one that has waited longest', () => {
  const sandbox = new CountedSandbox()
  const pool = new CellPool(sandbox)
  const { cell: a } = pool.take(MiB, 'a')
  const { cell: b } = pool.take(MiB, 'b')
  pool.give(a, MiB, 'a')
  pool.give(b, MiB, 'b')
  const taken = pool.take(MiB, 'c')
  assert.ok(taken.cell === a)
  assert.not(taken.servedSame)
  assert.is(sandbox.made.length, 2)
})

test('limits of one size class share cells; others do not', () => {
  const sandbox = new CountedSandbox()
  const pool = new CellPool(sandbox)
  assert.is(sandbox.sizeClass(MiB), sandbox.sizeClass(2 * MiB))
  assert.is.not(sandbox.sizeClass(MiB), sandbox.sizeClass(32 * MiB))
  const { cell } = pool.take(MiB, 'a')
  pool.give(cell, MiB, 'a')
  assert.ok(pool.take(32 * MiB, 'a').cell !== cell)
  assert.ok(pool.take(2 * MiB, 'a').cell === cell)
})

test('what idle cells keep is bounded: the largest is let go, whoever is given back last', () => {
  const sandbox = new CountedSandbox()
  const pool = new CellPool(sandbox)
  const large = pool.take(128 * MiB, 'large').cell
  pool.give(large, 128 * MiB, 'large', 100 * MiB)
  assert.ok(isExactly(sandbox.disposed, [large]), 'more than all idle cells may keep')
  const cells = Array.from({ length: 7 }, () => pool.take(MiB, 'a').cell)
  for (const [i, cell] of cells.entries()) pool.give(cell, MiB, 'a', (i === 2 ? 20 : 8) * MiB)
  assert.ok(isExactly(sandbox.disposed, [large, cells[2] as Cell]), 'the one with 20 MiB')
  const other = pool.take(32 * MiB, 'b').cell
  pool.give(other, 32 * MiB, 'b', MiB)
  assert.ok(pool.take(32 * MiB, 'b').cell === other, 'cells of another size do not keep it out')
})

test('a cell that was taken counts no longer', () => {
  const sandbox = new CountedSandbox()
  const pool = new CellPool(sandbox)
  for (let i = 0; i < 20; i++) {
    const { cell } = pool.take(MiB, 'a')
    pool.give(cell, MiB, 'a', 30 * MiB)
  }
  assert.is(sandbox.made.length, 1)
  assert.is(sandbox.disposed.length, 0)
})

test('where cells are bound, scripts that take turns each keep their own', () => {
  const sandbox = new CountedSandbox(BOUND)
  const pool = new CellPool(sandbox)
  for (let round = 0; round < 3; round++) {
    for (let script = 0; script < 40; script++) {
      const { cell, servedSame } = pool.take(MiB, `script ${script}`)
      assert.is(servedSame, round > 0)
      pool.give(cell, MiB, `script ${script}`)
    }
  }
  assert.is(sandbox.made.length, 40)
  assert.is(sandbox.disposed.length, 0)
})

test('where cells are bound and there is no room for one more, the one that has waited longest is made to fit', () => {
  const sandbox = new CountedSandbox(BOUND)
  const pool = new CellPool(sandbox)
  const cells = Array.from({ length: 64 }, (_, i) => pool.take(MiB, `script ${i}`).cell)
  for (const [i, cell] of cells.entries()) pool.give(cell, MiB, `script ${i}`)
  assert.ok(pool.take(MiB, 'script 1').cell === cells[1])
  pool.give(cells[1] as Cell, MiB, 'script 1')
  const taken = pool.take(MiB, 'new')
  assert.ok(taken.cell === cells[0])
  assert.not(taken.servedSame)
  pool.give(taken.cell, MiB, 'new', 20 * MiB)
  assert.ok(isExactly(sandbox.disposed, cells.slice(2, 9)), 'those that have waited longest make room')
})

test('where cells are bound, one that only loaded is taken by anybody', () => {
  const sandbox = new CountedSandbox(BOUND)
  const pool = new CellPool(sandbox)
  const { cell } = pool.take(MiB, '')
  pool.give(cell, MiB, '')
  assert.ok(pool.take(MiB, 'a').cell === cell)
})

test.run()
