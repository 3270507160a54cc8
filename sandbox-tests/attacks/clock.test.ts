// timeout: 600s
// Attacks through further events and schedules.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['events', 'schedule'])
test.run()
