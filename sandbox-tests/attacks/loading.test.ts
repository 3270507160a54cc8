// timeout: 600s
// The load phase, the transpiler and code that is in no store.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['load', 'transpile', 'evaluate'])
test.run()
