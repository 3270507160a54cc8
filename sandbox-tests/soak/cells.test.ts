// node: --expose-gc
// timeout: 300s
// The short form of the soak of cells; `npm run soak` has the long one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cellsProblems, soakCells } from './cells.ts'

test('thousands of cycles of every kind give the right results, and the host does not grow', async () => {
  const report = await soakCells({ cycles: 8_000, maxSeconds: 25 })
  console.log(`# ${report.cycles} cycles in ${report.seconds.toFixed(1)} s; heap ${(report.heapGrowthBytes / 1024).toFixed(0)} KiB`)
  assert.ok(report.cycles > 500, `only ${report.cycles} cycles`)
  assert.equal(cellsProblems(report), [])
  assert.ok(Object.keys(report.ends).length >= 12, 'nearly every kind came up')
})

test.run()
