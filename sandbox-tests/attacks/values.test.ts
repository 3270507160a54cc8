// timeout: 600s
// Strange values at the wall: results, thrown values, arguments, answers.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['result-kind', 'throw', 'host-call', 'hook'])
test.run()
