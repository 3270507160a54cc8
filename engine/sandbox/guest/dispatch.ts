// One run inside the sandbox: decode, call the handler, encode what it came to.
import type { Kit } from './kit.ts'

/** Adds `begin`, `dispatch`, `abort`, `listens`, `signal`, `event` to the kit. Needs everything before it. */
export function dispatchPart(kit: Kit): void {
  const { stringify } = JSON
  const { apply } = Reflect
  const { host } = kit
  const SETTLED = 3
  /** The payload of a run after which the sandbox is thrown away, until its handler has returned: there is no use in taking it apart. */
  let held: unknown
  let aborted: string | undefined
  let controller: { readonly signal: unknown; abort(reason: unknown): void } | undefined

  const answerOf = (value: unknown, outputBytes: number): string => {
    const json = kit.codec.json(value, outputBytes)
    if (json !== undefined && json !== '') return json
    const wire = kit.codec.encode(value, outputBytes)
    if (wire.ok) return wire.text
    return wire.tooLarge === true ? 'O' + stringify(wire.path) : 'N[' + stringify(wire.path) + ',' + stringify(wire.what) + ']'
  }
  const finish = async (promise: unknown, outputBytes: number): Promise<void> => {
    let answer: string
    try {
      answer = answerOf(await promise, outputBytes)
    } catch (error) {
      answer = kit.failed(error)
    }
    host(SETTLED, answer)
  }
  const newController = (): NonNullable<typeof controller> => (kit.pack('abort')['newController'] as () => NonNullable<typeof controller>)()
  kit.signal = () => {
    if (controller === undefined) {
      controller = newController()
      if (aborted !== undefined) controller.abort(aborted)
    }
    return controller.signal
  }
  const isThenable = (value: unknown): boolean =>
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as PromiseLike<unknown>).then === 'function'

  kit.begin = (event, payload, outputBytes, argumentBytes) => {
    kit.forget()
    kit.event = event
    kit.argumentBytes = argumentBytes
    held = undefined
    aborted = undefined
    controller = undefined
    try {
      const handler = kit.handler(event)
      if (handler === undefined)
        return 'E{"name":"Error","message":' + stringify('The script has no handler for "' + event + '".') + ',"stack":""}'
      held = kit.codec.decode(payload)
      const result = apply(handler.run, handler.self, [held, kit.ctx])
      if (!isThenable(result)) return answerOf(result, outputBytes)
      held = undefined
      void finish(result, outputBytes)
      return 'P'
    } catch (error) {
      return kit.failed(error)
    }
  }
  kit.dispatch = (event, payload, outputBytes, argumentBytes) => {
    const answer = kit.begin(event, payload, outputBytes, argumentBytes)
    held = undefined
    return answer
  }
  kit.abort = (reason) => {
    aborted = reason
    controller?.abort(reason)
  }
  kit.listens = () => (controller === undefined ? 0 : 1)
}
