// node: --expose-gc
// timeout: 600s
// The short form of `npm run soak`: each combination for a few seconds, once with choices that are always the same and once with others, whose seed is told.
import { randomBytes } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findV8Fault } from '../../engine/pools/v8-available.ts'
import { skip } from '../harness/engines.ts'
import { COMBINATIONS } from './combinations.ts'
import { soakCombination } from './soak-combination.ts'

const SECONDS = 1.5

for (const seed of ['vivarium', randomBytes(4).toString('hex')]) {
  for (const combination of COMBINATIONS) {
    test(`${combination}, seed ${seed}: every accepted event has one right outcome, and nothing is left behind`, async () => {
      if (combination === 'v8-process' && findV8Fault() !== undefined) return skip(combination, findV8Fault() ?? '')
      const { problems, problemCount, events, statuses, harms } = await soakCombination({
        combination,
        seconds: SECONDS,
        seed,
        tell: () => undefined,
      })
      console.log(`# ${combination}, seed ${seed}: ${events} events, ${statuses['ok'] ?? 0} ok, ${harms} runners harmed`)
      assert.is(
        problemCount,
        0,
        `${problems.join('\n')}\nagain: npm run soak -- --seed ${seed} --seconds ${SECONDS} --combinations ${combination}`,
      )
      assert.ok((statuses['ok'] ?? 0) > 0, 'nothing ended well')
    })
  }
}

test.run()
