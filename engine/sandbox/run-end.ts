// How a load or a run ended, read from what the guest said of it. Only a run that was not cut is asked.
import type { Usage } from '../model/usage.ts'
import type { CellRun } from './cell-run.ts'
import { ANSWERS } from './guest/host-ops.ts'
import { readFault, readFlaw } from './read-answer.ts'
import type { LoadEnd, RunEnd } from './sandbox.ts'

/** The end of a load; `text` describes the default export or the fault, undefined when there was no room to say it. */
export function loadEndOf(run: CellRun, text: string | undefined): LoadEnd {
  const logs = run.log.entries()
  if (run.cutBy !== undefined) return { ok: false, status: run.cutBy, logs }
  if (text === undefined) return { ok: false, status: 'memory_exceeded', logs }
  if (text[0] === ANSWERS.stackOverflow) return { ok: false, status: 'stack_exceeded', fault: readFault(text), logs }
  if (text[0] === ANSWERS.outOfMemory) return { ok: false, status: 'memory_exceeded', logs }
  if (text[0] === ANSWERS.fault) return { ok: false, status: 'exception', fault: readFault(text), logs }
  return { ok: true, descriptor: text, logs }
}

/** The end of a run whose handler has settled. */
export function runEndOf(run: CellRun, usage: Usage): RunEnd {
  const { answer } = run
  const logs = run.log.entries()
  if (answer === undefined) return { status: 'output_exceeded', usage, logs }
  switch (answer[0]) {
    case ANSWERS.fault:
      return { status: 'exception', fault: readFault(answer), usage, logs }
    case ANSWERS.stackOverflow:
      return { status: 'stack_exceeded', fault: readFault(answer), usage, logs }
    case ANSWERS.outOfMemory:
      return { status: 'memory_exceeded', usage, logs }
    case ANSWERS.notPlain:
      return { status: 'exception', notPlain: readFlaw(answer), usage, logs }
    case ANSWERS.tooLarge:
      return { status: 'output_exceeded', usage, logs }
    default: {
      // The codec writes one line. A second one would be read as a message of its own.
      if (answer.includes('\n')) return { status: 'exception', usage, logs }
      const outputBytes = Buffer.byteLength(answer)
      if (outputBytes > run.start.limits.outputBytes) return { status: 'output_exceeded', usage, logs }
      return { status: 'ok', value: answer, usage: { ...usage, outputBytes }, logs }
    }
  }
}
