// timeout: 600s
// The runner itself: its process, its pipes, its end.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['runner'])
test.run()
