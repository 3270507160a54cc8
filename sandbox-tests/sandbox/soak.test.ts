// node: --expose-gc
// timeout: 180s
// The short form of the soak; `npm run soak` is the long one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { soak } from './soaking.ts'

test('thousands of cycles of every kind give the right results, and the host does not grow', async () => {
  const report = await soak({ cycles: 8_000, maxSeconds: 25 })
  console.log(`# ${report.cycles} cycles in ${report.seconds.toFixed(1)} s; heap ${(report.heapGrowthBytes / 1024).toFixed(0)} KiB`)
  assert.ok(report.cycles > 500, `only ${report.cycles} cycles`)
  assert.ok(report.heapGrowthBytes < 4 * 1024 * 1024, `the heap grew by ${report.heapGrowthBytes} bytes`)
  assert.ok(report.externalGrowthBytes < 4 * 1024 * 1024, `memory outside the heap grew by ${report.externalGrowthBytes} bytes`)
  assert.ok(report.handlesAfter <= report.handlesBefore)
  assert.ok(Object.keys(report.ends).length >= 12, 'nearly every kind came up')
})

test.run()
