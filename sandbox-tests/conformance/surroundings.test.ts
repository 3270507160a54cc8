// timeout: 240s
// Programs of what surrounds a script: globals, logs, values over the wall, kept state; on both runtimes.
import { conformance } from './conformance.ts'
import { CONSOLE } from './programs/console.ts'
import { FETCH } from './programs/fetch.ts'
import { REALM } from './programs/realm.ts'
import { STATE } from './programs/state.ts'
import { VALUES } from './programs/values.ts'
import { WEB } from './programs/web.ts'

await conformance({ CONSOLE, FETCH, REALM, STATE, VALUES, WEB })
