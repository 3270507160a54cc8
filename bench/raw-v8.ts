// The raw baseline of V8: isolated-vm as its users use it. One isolate; JSON text in and out; a timeout set.
import ivm from 'isolated-vm'
import { HANDLER } from './event.ts'
import type { RawCall } from './raw.ts'

const LIMITS = { memoryLimit: 32 } as const
const CALL = { timeout: 1_000 } as const
const CODE = `(text) => JSON.stringify((${HANDLER})(JSON.parse(text)))`

/** One context, kept warm; called on the thread itself. */
export function rawV8Call(): RawCall {
  const handler = makeHandler()
  return (event) => JSON.parse(handler.applySync(undefined, [JSON.stringify(event)], CALL) as string) as unknown
}

/** The same through isolated-vm's own thread pool. */
export function rawV8AsyncCall(): (event: unknown) => Promise<unknown> {
  const handler = makeHandler()
  return async (event) => JSON.parse((await handler.apply(undefined, [JSON.stringify(event)], CALL)) as string) as unknown
}

/** A fresh context of one isolate for each event, from a script that was compiled before. */
export function rawV8FreshCall(): RawCall {
  const isolate = new ivm.Isolate(LIMITS)
  const script = isolate.compileScriptSync(CODE)
  return (event) => {
    const context = isolate.createContextSync()
    const handler = script.runSync(context, { reference: true }) as ivm.Reference
    const text = handler.applySync(undefined, [JSON.stringify(event)], CALL) as string
    handler.release()
    context.release()
    return JSON.parse(text) as unknown
  }
}

function makeHandler(): ivm.Reference {
  const isolate = new ivm.Isolate(LIMITS)
  return isolate.createContextSync().evalSync(CODE, { reference: true }) as ivm.Reference
}
