// The raw baseline: quickjs-emscripten as its users use it. One context, kept warm; JSON text in and out; an interrupt handler set.
import { getQuickJS } from 'quickjs-emscripten'
import { HANDLER } from './event.ts'

/** Calls the handler once with an event; parses what it returns. */
export type RawCall = (event: unknown) => unknown

/** Makes the baseline. */
export async function rawCall(): Promise<RawCall> {
  const quickjs = await getQuickJS()
  const context = quickjs.newContext()
  let deadline = Number.POSITIVE_INFINITY
  context.runtime.setMaxStackSize(256 * 1024)
  context.runtime.setInterruptHandler(() => performance.now() > deadline)
  const handler = context.unwrapResult(context.evalCode(`(text) => JSON.stringify((${HANDLER})(JSON.parse(text)))`))
  return (event) => {
    deadline = performance.now() + 50
    const text = context.newString(JSON.stringify(event))
    const result = context.unwrapResult(context.callFunction(handler, context.undefined, text))
    const value: unknown = JSON.parse(context.getString(result))
    result.dispose()
    text.dispose()
    return value
  }
}
