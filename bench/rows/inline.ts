// What one event costs on the host's own thread: each in a brand-new sandbox.
import { createEngine, memoryStore } from '../../engine/index.ts'
import { numbered, ORDER, SCRIPT } from '../event.ts'
import { expectOk } from '../expect-ok.ts'
import { pair } from '../measure.ts'
import { rawCall } from '../raw.ts'
import type { Row } from '../row.ts'

const TURNS = 2_000

/** `inline`, isolation `event`, per event. */
export const inlineEvent: Row = {
  what: '`inline`, isolation `event` (brand-new sandbox each event), per event, against raw warm',
  must: { at: 'most', value: 1.35 },
  async measure() {
    await using engine = await createEngine({ scripts: memoryStore({ 'order.ts': SCRIPT }), placement: 'inline' })
    const raw = await rawCall()
    const { subject, baseline, ratio } = await pair(
      TURNS,
      async (turns) => {
        for (let i = 0; i < turns; i++) expectOk(await engine.emit('order.created', ORDER))
      },
      (turns) => {
        for (let i = 0; i < turns; i++) raw(ORDER)
      },
    )
    return { value: ratio, unit: '×', parts: { eventMicroseconds: subject, rawMicroseconds: baseline } }
  },
}

/** 100 scripts for one event against one. */
export const hundredScripts: Row = {
  what: 'emit to 100 scripts, per run, against emit to 1 script (`inline`)',
  must: { at: 'most', value: 1.1 },
  async measure() {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`order-${i}.ts`, numbered(SCRIPT, i)]))
    await using hundred = await createEngine({ scripts: memoryStore(many), placement: 'inline' })
    await using one = await createEngine({ scripts: memoryStore({ 'order.ts': SCRIPT }), placement: 'inline' })
    const { subject, baseline, ratio } = await pair(
      TURNS,
      async (turns) => {
        for (let i = 0; i < turns / 100; i++) expectOk(await hundred.emit('order.created', ORDER))
      },
      async (turns) => {
        for (let i = 0; i < turns; i++) expectOk(await one.emit('order.created', ORDER))
      },
    )
    return { value: ratio, unit: '×', parts: { runOfHundredMicroseconds: subject, runOfOneMicroseconds: baseline } }
  },
}
