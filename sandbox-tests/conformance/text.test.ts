// timeout: 240s
// Programs of numbers, text and dates, on both runtimes.
import { conformance } from './conformance.ts'
import { DATES } from './programs/dates.ts'
import { NUMBERS } from './programs/numbers.ts'
import { REGEXPS } from './programs/regexps.ts'
import { STRINGS } from './programs/strings.ts'

await conformance({ DATES, NUMBERS, REGEXPS, STRINGS })
