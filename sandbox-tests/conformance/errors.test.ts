// timeout: 240s
// Programs that fail and programs that are cut, on both runtimes.
import { conformance } from './conformance.ts'
import { ERRORS } from './programs/errors.ts'
import { FAULTS } from './programs/faults.ts'
import { LIMITS } from './programs/limits.ts'

await conformance({ ERRORS, FAULTS, LIMITS })
