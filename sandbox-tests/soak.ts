// The long soak behind `npm run soak`: load + run cycles of every kind over a few cells, with every result checked and the host's memory watched.
//   npm run soak                              100,000 cycles, at most 180 seconds
//   npm run soak -- --cycles 20000 --seconds 30
import { parseArgs } from 'node:util'
import { soak } from './sandbox/soaking.ts'

const MOST_GROWTH_BYTES = 8 * 1024 * 1024

const { values } = parseArgs({ options: { cycles: { type: 'string', default: '100000' }, seconds: { type: 'string', default: '180' } } })
const report = await soak({ cycles: Number(values.cycles), maxSeconds: Number(values.seconds) }, (line) => console.log(line))
const { cycles, seconds, heapGrowthBytes, externalGrowthBytes, handlesBefore, handlesAfter, ends } = report
console.log(`${cycles} cycles in ${seconds.toFixed(1)} s, every result right`)
console.log(
  Object.entries(ends)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', '),
)
console.log(
  `heap ${(heapGrowthBytes / 1024).toFixed(0)} KiB, outside it ${(externalGrowthBytes / 1024).toFixed(0)} KiB since the first tenth; handles ${handlesBefore} → ${handlesAfter}`,
)
if (heapGrowthBytes > MOST_GROWTH_BYTES || externalGrowthBytes > MOST_GROWTH_BYTES || handlesAfter > handlesBefore) {
  console.error('The host grew.')
  process.exitCode = 1
}
