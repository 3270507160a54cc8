// timeout: 600s
// Memory, results and logs that are too large.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['memory', 'output', 'log'])
test.run()
