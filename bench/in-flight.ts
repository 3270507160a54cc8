// A steady load.
import type { Engine } from '../engine/index.ts'
import { ORDER } from './event.ts'
import { expectOk } from './expect-ok.ts'

const IN_FLIGHT = 64

/** Keeps 64 events under way until all were sent. */
export async function inFlight(engine: Engine, turns: number): Promise<void> {
  let left = turns
  const lane = async (): Promise<void> => {
    while (left-- > 0) expectOk(await engine.emit('order.created', ORDER))
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
}
