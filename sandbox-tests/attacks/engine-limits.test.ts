// timeout: 600s
// Where the engines do not hold their own limits. Run it for the time that each end takes: it is printed.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['engine-limit'])
test.run()
