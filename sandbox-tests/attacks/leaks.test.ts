// timeout: 600s
// What belongs to others: modules, prototypes, the machine's secrets, other scripts.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['escape-module', 'pollution', 'info-leak', 'cross-script'])
test.run()
