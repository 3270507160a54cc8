// Every group of conformance programs.
import { mergeGroups } from './conformance.ts'
import type { Programs } from './program.ts'
import { ARRAYS } from './programs/arrays.ts'
import { BINARY } from './programs/binary.ts'
import { CLASSES } from './programs/classes.ts'
import { COLLECTIONS } from './programs/collections.ts'
import { CONSOLE } from './programs/console.ts'
import { DATES } from './programs/dates.ts'
import { ERRORS } from './programs/errors.ts'
import { FAULTS } from './programs/faults.ts'
import { FETCH } from './programs/fetch.ts'
import { HOST_CALLS } from './programs/host-calls.ts'
import { ITERATION } from './programs/iteration.ts'
import { JSON_TEXT } from './programs/json.ts'
import { LANGUAGE } from './programs/language.ts'
import { LIMITS } from './programs/limits.ts'
import { NUMBERS } from './programs/numbers.ts'
import { OBJECTS } from './programs/objects.ts'
import { PROMISES } from './programs/promises.ts'
import { REALM } from './programs/realm.ts'
import { REGEXPS } from './programs/regexps.ts'
import { STATE } from './programs/state.ts'
import { STRINGS } from './programs/strings.ts'
import { TIMERS } from './programs/timers.ts'
import { TYPESCRIPT } from './programs/typescript.ts'
import { UNHANDLED } from './programs/unhandled.ts'
import { VALUES } from './programs/values.ts'
import { WEB } from './programs/web.ts'

/** Every program, by its name. */
export const ALL_PROGRAMS: Programs = mergeGroups({
  ARRAYS,
  BINARY,
  CLASSES,
  COLLECTIONS,
  CONSOLE,
  DATES,
  ERRORS,
  FAULTS,
  FETCH,
  HOST_CALLS,
  ITERATION,
  JSON_TEXT,
  LANGUAGE,
  LIMITS,
  NUMBERS,
  OBJECTS,
  PROMISES,
  REALM,
  REGEXPS,
  STATE,
  STRINGS,
  TIMERS,
  TYPESCRIPT,
  UNHANDLED,
  VALUES,
  WEB,
})
