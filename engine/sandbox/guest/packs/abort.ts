// Cancellation: AbortController and AbortSignal.
import type { Kit } from '../kit.ts'

/**
 * Fills `made` with `AbortController`, `AbortSignal` and, for `ctx.signal`, `newController`; for the pack of `EventTarget`, `isAborted` (throws for
 * what is no signal) and `whenAborted`.
 */
export function abortPack(kit: Pick<Kit, 'later' | 'pack'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty } = Object
  const TypeErrorOf = TypeError
  const RangeErrorOf = RangeError
  const NumberOf = Number
  const { isInteger } = Number
  const key = {}
  const LONGEST_MS = 4_294_967_295
  type Listener = (event: unknown) => unknown
  interface Target {
    addEventListener(type: string, listener: Listener): void
    removeEventListener(type: string, listener: Listener): void
  }
  const { EventTarget, fire } = kit.pack('event') as { EventTarget: new () => Target; fire(target: object, type: string): void }
  const { addEventListener, removeEventListener } = EventTarget.prototype as Target
  const exception = (name: string, message: string): unknown =>
    (kit.pack('exception')['thrown'] as (name: string, message: string) => unknown)(name, message)
  const isTable = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function'

  let isAborted: (signal: unknown) => boolean
  let whenAborted: (signal: AbortSignal, run: () => void) => void
  let abort: (signal: AbortSignal, reason: unknown) => void

  class AbortSignal extends EventTarget {
    #isAborted = false
    #reason: unknown
    #onabort: unknown = null
    #listener: Listener | undefined
    /** What is done at once, before listeners hear of it. */
    #steps: (() => void)[] = []
    /** The signals that this one was made of by `any`, and those that were made of this one. */
    #sources: readonly AbortSignal[] | undefined
    #dependents: AbortSignal[] = []
    static {
      isAborted = (signal) => {
        if (!isTable(signal) || !(#reason in signal)) throw new TypeErrorOf('The "signal" option must be an AbortSignal.')
        return signal.#isAborted
      }
      whenAborted = (signal, run) => {
        signal.#steps[signal.#steps.length] = run
      }
      abort = (signal, reason) => {
        if (signal.#isAborted) return
        const all = [signal]
        for (let i = 0; i < signal.#dependents.length; i++) {
          const dependent = signal.#dependents[i] as AbortSignal
          if (!dependent.#isAborted) all[all.length] = dependent
        }
        const why = reason === undefined ? exception('AbortError', 'This operation was aborted') : reason
        for (let i = 0; i < all.length; i++) (all[i] as AbortSignal).#end(why)
        for (let i = 0; i < all.length; i++) (all[i] as AbortSignal).#tell()
      }
    }
    constructor(given?: unknown) {
      if (given !== key) throw new TypeErrorOf('Illegal constructor')
      super()
    }
    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal(key)
      abort(signal, reason)
      return signal
    }
    static timeout(delay: unknown): AbortSignal {
      if (delay === undefined) throw new TypeErrorOf('The "delay" argument must be specified')
      const ms = NumberOf(delay)
      if (!isInteger(ms) || ms < 0 || ms > LONGEST_MS) throw new RangeErrorOf('The "delay" argument must be an integer of at least 0.')
      const signal = new AbortSignal(key)
      kit.later(() => abort(signal, exception('TimeoutError', 'The operation was aborted due to timeout')), ms)
      return signal
    }
    static any(signals: unknown): AbortSignal {
      if (!isTable(signals)) throw new TypeErrorOf('The "signals" argument must be iterable.')
      const made = new AbortSignal(key)
      const sources: AbortSignal[] = []
      for (const signal of signals as Iterable<AbortSignal>) {
        isAborted(signal)
        sources[sources.length] = signal
      }
      for (let i = 0; i < sources.length; i++) {
        const source = sources[i] as AbortSignal
        if (!source.#isAborted) continue
        made.#end(source.#reason)
        return made
      }
      const roots: AbortSignal[] = []
      for (let i = 0; i < sources.length; i++) {
        const own = (sources[i] as AbortSignal).#sources ?? [sources[i] as AbortSignal]
        for (let j = 0; j < own.length; j++) {
          const root = own[j] as AbortSignal
          roots[roots.length] = root
          if (root.#dependents[root.#dependents.length - 1] !== made) root.#dependents[root.#dependents.length] = made
        }
      }
      made.#sources = roots
      return made
    }
    get aborted(): boolean {
      return this.#isAborted
    }
    get reason(): unknown {
      return this.#reason
    }
    throwIfAborted(): void {
      if (this.#isAborted) throw this.#reason
    }
    get onabort(): unknown {
      return this.#onabort
    }
    set onabort(value: unknown) {
      if (this.#listener !== undefined) apply(removeEventListener, this, ['abort', this.#listener])
      this.#onabort = isTable(value) ? value : null
      this.#listener = typeof value === 'function' ? (event) => apply(value, this, [event]) : undefined
      if (this.#listener !== undefined) apply(addEventListener, this, ['abort', this.#listener])
    }
    #end(reason: unknown): void {
      this.#isAborted = true
      this.#reason = reason
    }
    #tell(): void {
      const steps = this.#steps
      this.#steps = []
      for (let i = 0; i < steps.length; i++) steps[i]?.()
      fire(this, 'abort')
    }
  }

  class AbortController {
    readonly #signal = new AbortSignal(key)
    get signal(): AbortSignal {
      return this.#signal
    }
    abort(reason?: unknown): void {
      abort(this.#signal, reason)
    }
  }

  const tag = (prototype: object, name: string): void => {
    defineProperty(prototype, Symbol.toStringTag, { __proto__: null, value: name, configurable: true } as PropertyDescriptor)
  }
  tag(AbortController.prototype, 'AbortController')
  tag(AbortSignal.prototype, 'AbortSignal')
  made['AbortController'] = AbortController
  made['AbortSignal'] = AbortSignal
  made['isAborted'] = isAborted
  made['whenAborted'] = whenAborted
  made['newController'] = () => {
    const signal = new AbortSignal(key)
    return { signal, abort: (reason: unknown) => abort(signal, typeof reason === 'string' ? exception('AbortError', reason) : reason) }
  }
}
