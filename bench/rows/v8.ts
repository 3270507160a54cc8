// V8 in a process of its own, against isolated-vm in the host's.
import { createEngine, type Engine, memoryStore } from '../../engine/index.ts'
import { ORDER, SCRIPT } from '../event.ts'
import { inFlight } from '../in-flight.ts'
import { type Paired, pair } from '../measure.ts'
import type { RawCall } from '../raw.ts'
import { rawV8AsyncCall, rawV8Call, rawV8FreshCall } from '../raw-v8.ts'
import type { Row } from '../row.ts'

const TURNS = 4_000
const FRESH_TURNS = 500

/** Against the loop. */
export const v8Throughput: Row = {
  what: '`v8`, `process`, 1 runner, 64 in flight, isolation `script`: throughput against a raw `applySync` loop in one process',
  must: { at: 'least', value: 0.5 },
  async measure() {
    await using engine = await openV8('script')
    const { subject, baseline, ratio } = await pair(TURNS, (turns) => inFlight(engine, turns), loop(rawV8Call()))
    return { value: 1 / ratio, unit: '×', parts: { eventMicroseconds: subject, rawMicroseconds: baseline } }
  },
}

/** Against isolated-vm's own way off the thread. */
export const v8AgainstAsync: Row = {
  what: "`v8`, `process`, 1 runner, 64 in flight, isolation `script`: throughput against isolated-vm's own asynchronous `apply`",
  must: { at: 'least', value: 3 },
  async measure() {
    await using engine = await openV8('script')
    const raw = rawV8AsyncCall()
    const { subject, baseline, ratio } = await pair(
      TURNS,
      (turns) => inFlight(engine, turns),
      async (turns) => {
        for (let i = 0; i < turns; i++) await raw(ORDER)
      },
    )
    return { value: 1 / ratio, unit: '×', parts: { eventMicroseconds: subject, applyMicroseconds: baseline } }
  },
}

/** A brand-new sandbox each event. */
export const v8Fresh: Row = {
  what: '`v8`, `process`, 1 runner, isolation `event` (a fresh context each event), per event, against a raw fresh context',
  must: { at: 'most', value: 1.5 },
  async measure() {
    await using engine = await openV8('event')
    const { subject, baseline, ratio }: Paired = await pair(FRESH_TURNS, (turns) => inFlight(engine, turns), loop(rawV8FreshCall()))
    return { value: ratio, unit: '×', parts: { eventMicroseconds: subject, rawMicroseconds: baseline } }
  },
}

function openV8(isolation: 'event' | 'script'): Promise<Engine> {
  return createEngine({
    scripts: memoryStore({ 'order.ts': SCRIPT }),
    policy: { version: 1, defaults: { runtime: 'v8', isolation } },
    workers: 1,
  })
}

function loop(raw: RawCall): (turns: number) => void {
  return (turns) => {
    for (let i = 0; i < turns; i++) raw(ORDER)
  }
}
