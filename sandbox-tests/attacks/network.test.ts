// timeout: 600s
// Ways into the host's own network, ways to burden it by requests, ways to see its secrets.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks(['ssrf', 'http', 'secrets'])
test.run()
