// timeout: 240s
// Programs of promises, timers, host calls and what nobody handles, on both runtimes.
import { conformance } from './conformance.ts'
import { HOST_CALLS } from './programs/host-calls.ts'
import { PROMISES } from './programs/promises.ts'
import { TIMERS } from './programs/timers.ts'
import { UNHANDLED } from './programs/unhandled.ts'

await conformance({ HOST_CALLS, PROMISES, TIMERS, UNHANDLED })
