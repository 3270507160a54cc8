// Every row, in the order of the table.
import type { Row } from './row.ts'
import { fib, transform } from './rows/compute.ts'
import { httpFetch } from './rows/http.ts'
import { hundredScripts, inlineEvent } from './rows/inline.ts'
import { kvGet } from './rows/kv.ts'
import { memoryOfScripts, memoryOfZodScripts } from './rows/memory.ts'
import { afterKill, interruptible, uninterruptible } from './rows/over-limit.ts'
import { resetEventScript, resetZodScript } from './rows/reset.ts'
import { freshProcess, saveToForce } from './rows/start.ts'
import { hostCallRoundTrip, threadThroughput, twoThreadThroughput } from './rows/thread.ts'
import { typeCheckAfterEdit } from './rows/type-check.ts'
import { v8AgainstAsync, v8Fresh, v8Throughput } from './rows/v8.ts'

/** The rows. */
export const ROWS: readonly Row[] = [
  inlineEvent,
  resetEventScript,
  resetZodScript,
  threadThroughput,
  twoThreadThroughput,
  hostCallRoundTrip,
  kvGet,
  httpFetch,
  hundredScripts,
  memoryOfScripts,
  memoryOfZodScripts,
  saveToForce,
  freshProcess,
  typeCheckAfterEdit,
  v8Throughput,
  v8AgainstAsync,
  v8Fresh,
  fib,
  transform,
  interruptible,
  uninterruptible,
  afterKill,
]
