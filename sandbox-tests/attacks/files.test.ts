// timeout: 600s
// Ways out of the folders that scripts may work in, and ways to fill the disk.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['files'])
test.run()
