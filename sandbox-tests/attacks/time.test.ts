// timeout: 600s
// Time and stack: loops, storms, native work, recursion, timers.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['cpu-sync', 'cpu-async', 'cpu-native', 'regexp', 'recursion', 'timer', 'gc', 'rejection'])
test.run()
