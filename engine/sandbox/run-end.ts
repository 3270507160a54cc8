// How a load or a run ended, read from what the guest said of it. Only a run that was not cut is asked.
import type { CutSite, OutcomeStatus } from '../model/outcome.ts'
import type { Usage } from '../model/usage.ts'
import type { CellRun } from './cell-run.ts'
import { ANSWERS } from './guest/host-ops.ts'
import { readFault, readFlaw } from './read-answer.ts'
import type { LoadEnd, RunEnd } from './sandbox.ts'

const MOST_STACK_CHARS = 32_768

/** The end of a load; `text` describes the default export or the fault, undefined when there was no room to say it. */
export function loadEndOf(run: CellRun, text: string | undefined): LoadEnd {
  const logs = run.log.entries()
  if (run.cutBy !== undefined) return { ok: false, status: run.cutBy, logs, ...(run.cutAt === undefined ? {} : { at: run.cutAt }) }
  if (text === undefined) return { ok: false, status: 'memory_exceeded', logs }
  if (text[0] === ANSWERS.stackOverflow) return { ok: false, status: 'stack_exceeded', fault: readFault(text), logs }
  if (text[0] === ANSWERS.outOfMemory) return { ok: false, status: 'memory_exceeded', at: siteIn(text), logs }
  if (text[0] === ANSWERS.fault) return { ok: false, status: 'exception', fault: readFault(text), logs }
  return { ok: true, descriptor: text, logs }
}

/** The end of a run whose handler has settled. */
export function runEndOf(run: CellRun, usage: Usage): RunEnd {
  const end = settledEndOf(run, usage)
  return run.unawaited === undefined ? end : { ...end, unawaited: run.unawaited }
}

function settledEndOf(run: CellRun, usage: Usage): RunEnd {
  const { answer } = run
  const logs = run.log.entries()
  if (answer === undefined) return { status: 'output_exceeded', usage, logs }
  switch (answer[0]) {
    case ANSWERS.fault:
      return { status: 'exception', fault: readFault(answer), usage, logs }
    case ANSWERS.stackOverflow:
      return { status: 'stack_exceeded', fault: readFault(answer), usage, logs }
    case ANSWERS.outOfMemory:
      return { status: 'memory_exceeded', at: siteIn(answer), usage, logs }
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

/** The end of a run that was cut with a status. */
export function cutEndOf(run: CellRun, status: OutcomeStatus, usage: Usage): RunEnd {
  return { status, usage, logs: run.log.entries(), ...siteOf(run) }
}

/** Where a guest says that it waits: what it awaits, newline, the stack of the call. Undefined where it says nothing. */
export function readSite(text: unknown): CutSite | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  const cut = text.indexOf('\n')
  const awaited = text.slice(0, Math.max(0, cut))
  return { stack: text.slice(cut + 1, MOST_STACK_CHARS), ...(awaited === '' ? {} : { awaited }) }
}

/** Where it was that memory was refused, as the error says that a script did not catch. */
function siteIn(answer: string): CutSite {
  return { stack: readFault(answer).stack }
}

function siteOf({ cutAt, unawaited }: CellRun): Pick<RunEnd, 'at' | 'unawaited'> {
  return { ...(cutAt === undefined ? {} : { at: cutAt }), ...(unawaited === undefined ? {} : { unawaited }) }
}
