// Type-checked with the rest (npm run typecheck), never run: what a host with typed events may and may not write.
import { z } from 'zod'
import { createEngine, defineEvents } from '../../engine/index.ts'

const events = defineEvents({
  order: { payload: z.object({ id: z.number(), total: z.number().default(0) }) },
  anything: {},
  price: { kind: 'filter', payload: z.number() },
  allowed: { kind: 'decision', payload: z.string(), answer: z.boolean() },
})

/** Compiles, and does not where it says so. */
export async function typedCalls(): Promise<void> {
  await using engine = await createEngine({ events })
  await engine.emit('order', { id: 1 })
  await engine.emit('anything', { whatever: [1] })
  const { value } = await engine.filter('price', 1)
  const price: number = value
  const decision = await engine.decide('allowed', 'me')
  const allowed: boolean | undefined = decision.value
  // @ts-expect-error there is no such event
  await engine.emit('ordr', { id: 1 })
  // @ts-expect-error the payload lacks its id
  await engine.emit('order', {})
  // @ts-expect-error the id is a number
  await engine.emit('order', { id: 'one' })
  // @ts-expect-error a filter is not emitted
  await engine.emit('price', 1)
  // @ts-expect-error an event is not a filter
  await engine.filter('order', { id: 1 })
  // @ts-expect-error an event is not a decision
  await engine.decide('order', { id: 1 })
  // @ts-expect-error the value of a filter has the filter's type
  const text: string = value
  // @ts-expect-error nobody may have decided
  const certain: boolean = decision.value
  // @ts-expect-error there is no such limit
  await engine.emit('anything', 1, { limits: { cpuu: '1s' } })
  await using untyped = await createEngine()
  await untyped.emit('any name', { any: 'payload' })
  await untyped.filter('any name', 1)
  void [price, allowed, text, certain]
}
