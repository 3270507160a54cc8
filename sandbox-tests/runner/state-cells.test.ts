// States of scripts with isolation `script`: in cells while there are few, as images beyond, and back.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CellPool } from '../../engine/runner/cell-pool.ts'
import { StateCells } from '../../engine/runner/state-cells.ts'
import type { Cell } from '../../engine/sandbox/sandbox.ts'
import { loadImage, PATIENT, terms, valueOf } from '../harness/cells.ts'
import { CountedSandbox } from './counted-sandbox.ts'

const MiB = 1024 * 1024
const COUNTER = 'list.push(event); return list'
const TOP = 'const list = []'

function newStates(body = COUNTER, top = TOP) {
  const sandbox = new CountedSandbox()
  const pool = new CellPool(sandbox)
  const states = new StateCells(pool, sandbox.cells)
  const image = loadImage(sandbox.createCell(16 * MiB), body, top)
  /** Runs a state's next event as a runner does. */
  const run = (state: string, event: unknown, memoryBytes = 16 * MiB): { readonly value: unknown; readonly isFresh: boolean } => {
    const kept = states.take(state, memoryBytes)
    const cell: Cell = kept ?? pool.take(memoryBytes, 'key').cell
    const told = terms(event, { limits: { ...PATIENT, memoryBytes } })
    const value = valueOf(kept === undefined ? cell.start(image, told, false) : cell.resume(told))
    states.keep(state, cell, memoryBytes, 0)
    return { value, isFresh: kept === undefined }
  }
  return { sandbox, states, run }
}

test('a state that nobody kept is undefined', () => {
  assert.is(newStates().states.take('nobody', MiB), undefined)
})

test('a state that was taken is taken: it comes back when it is kept', () => {
  const { states, run } = newStates()
  run('a', 1)
  const cell = states.take('a', 16 * MiB)
  assert.ok(cell !== undefined)
  assert.is(states.take('a', 16 * MiB), undefined)
  states.keep('a', cell, 16 * MiB, 0)
  assert.equal(run('a', 2), { value: [1, 2], isFresh: false })
})

test('thirty states go on, each by itself, in as many cells as there may be', () => {
  const { sandbox, run } = newStates()
  const names = Array.from({ length: 30 }, (_, i) => `state ${i}`)
  for (const [i, name] of names.entries()) assert.equal(run(name, i), { value: [i], isFresh: true })
  for (const [i, name] of names.entries()) assert.equal(run(name, 'again'), { value: [i, 'again'], isFresh: false })
  for (const [i, name] of [...names.entries()].toReversed())
    assert.equal(run(name, 'last'), { value: [i, 'again', 'last'], isFresh: false })
  assert.ok(sandbox.made.length <= 12, `${sandbox.made.length} cells were made`)
})

test('a small memory makes no large images: hundreds of its states are kept', () => {
  const { run } = newStates()
  const names = Array.from({ length: 200 }, (_, i) => `state ${i}`)
  for (const [i, name] of names.entries()) run(name, i, MiB)
  for (const [i, name] of names.entries()) assert.equal(run(name, 'again', MiB), { value: [i, 'again'], isFresh: false })
})

test('states that take more than there is room for are lost from the one that waited longest on', () => {
  const { run } = newStates('kept.push(new Uint8Array(6_000_000).fill(7)); return kept.length', 'const kept = []')
  const names = Array.from({ length: 24 }, (_, i) => `state ${i}`)
  for (const name of names) assert.equal(run(name, 0), { value: 1, isFresh: true })
  assert.equal(run('state 23', 0), { value: 2, isFresh: false }, 'in a cell')
  assert.equal(run('state 12', 0), { value: 2, isFresh: false }, 'in an image')
  assert.equal(run('state 0', 0), { value: 1, isFresh: true }, 'lost')
})

test('where a state cannot leave its cell, it lasts as long as there is room for the cell', () => {
  const sandbox = new CountedSandbox({ idleBytes: 3 * MiB, areBound: true, moveState: false })
  const states = new StateCells(new CellPool(sandbox), sandbox.cells)
  for (let i = 0; i < 65; i++) states.keep(`state ${i}`, sandbox.createCell(MiB), MiB, 0)
  assert.is(states.take('state 0', MiB), undefined, 'one too many')
  assert.ok(states.take('state 1', MiB) === sandbox.made[1])
  states.keep('large', sandbox.createCell(MiB), MiB, 200 * MiB)
  assert.is(states.take('state 40', MiB), undefined, 'a large one takes their room')
  assert.ok(states.take('state 64', MiB) === sandbox.made[64])
  assert.ok(states.take('large', MiB) === sandbox.made[65])
})

test('what a state wrote is not in the cell that another script takes over', () => {
  const { sandbox, run } = newStates('kept.push(String(event)); return kept.length', 'const kept = []')
  for (let i = 0; i < 20; i++) run(`state ${i}`, `canary-${i}-`.repeat(500))
  for (const made of sandbox.made) {
    loadImage(made, 'return 1')
    assert.is(Buffer.from(made.snapshot().bytes).indexOf('canary-'), -1)
  }
})

test.run()
