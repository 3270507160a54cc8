// Events and cancellation: EventTarget, Event, AbortController, AbortSignal.
import type { Kit } from '../kit.ts'

/** Fills `made` with the globals and, for `ctx.signal`, `newController`. */
export function abortPack(kit: Pick<Kit, 'guarded' | 'later' | 'pack'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty } = Object
  const { now } = Date
  const TypeErrorOf = TypeError
  const RangeErrorOf = RangeError
  const NumberOf = Number
  const { isInteger } = Number
  const key = {}
  const LONGEST_MS = 4_294_967_295
  type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown }
  interface Entry {
    readonly type: string
    readonly listener: Listener
    readonly capture: boolean
    readonly once: boolean
    readonly passive: boolean
    isRemoved: boolean
  }
  const exception = (name: string, message: string): unknown =>
    (kit.pack('exception')['thrown'] as (name: string, message: string) => unknown)(name, message)
  const isTable = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function'
  const need = (count: number, names: string, least = 1): void => {
    if (count < least) throw new TypeErrorOf(`The ${names} must be specified`)
  }

  let fire: (target: EventTarget, event: Event, isTrusted: boolean) => boolean
  let isEvent: (value: unknown) => value is Event
  let whenAborted: (signal: unknown, run: () => void) => void

  class Event {
    static readonly NONE = 0
    static readonly CAPTURING_PHASE = 1
    static readonly AT_TARGET = 2
    static readonly BUBBLING_PHASE = 3
    readonly #type: string
    readonly #bubbles: boolean
    readonly #cancelable: boolean
    readonly #composed: boolean
    readonly #timeStamp = now()
    #target: EventTarget | null = null
    #isDispatching = false
    #isTrusted = false
    #isStopped = false
    #isStoppedAtOnce = false
    #isPrevented = false
    #isPassive = false
    static {
      isEvent = (value): value is Event => isTable(value) && #type in value
      fire = (target, event, isTrusted) => {
        if (event.#isDispatching) throw exception('InvalidStateError', 'The event is already being dispatched')
        event.#isDispatching = true
        event.#isTrusted = isTrusted
        event.#target = target
        const entries = entriesOf(target)
        for (let i = 0; i < entries.length && !event.#isStoppedAtOnce; i++) {
          const entry = entries[i] as Entry
          if (entry.isRemoved || entry.type !== event.#type) continue
          if (entry.once) remove(target, entry)
          event.#isPassive = entry.passive
          kit.guarded(() => {
            const { listener } = entry
            if (typeof listener === 'function') apply(listener, target, [event])
            else listener.handleEvent(event)
          }, [])
          event.#isPassive = false
        }
        event.#isDispatching = false
        event.#isStopped = false
        event.#isStoppedAtOnce = false
        return !event.#isPrevented
      }
    }
    constructor(...given: unknown[]) {
      need(given.length, '"type" argument')
      const options = (given[1] ?? {}) as { bubbles?: unknown; cancelable?: unknown; composed?: unknown }
      if (!isTable(options)) throw new TypeErrorOf('The "options" argument must be of type object.')
      this.#type = `${given[0]}`
      this.#bubbles = !!options.bubbles
      this.#cancelable = !!options.cancelable
      this.#composed = !!options.composed
    }
    get type(): string {
      return this.#type
    }
    get target(): EventTarget | null {
      return this.#target
    }
    get srcElement(): EventTarget | null {
      return this.#target
    }
    get currentTarget(): EventTarget | null {
      return this.#isDispatching ? this.#target : null
    }
    get bubbles(): boolean {
      return this.#bubbles
    }
    get cancelable(): boolean {
      return this.#cancelable
    }
    get composed(): boolean {
      return this.#composed
    }
    get defaultPrevented(): boolean {
      return this.#isPrevented
    }
    get returnValue(): boolean {
      return !this.#isPrevented
    }
    get cancelBubble(): boolean {
      return this.#isStopped
    }
    set cancelBubble(value: unknown) {
      if (value) this.stopPropagation()
    }
    get eventPhase(): number {
      return this.#isDispatching ? 2 : 0
    }
    get timeStamp(): number {
      return this.#timeStamp
    }
    get isTrusted(): boolean {
      return this.#isTrusted
    }
    composedPath(): EventTarget[] {
      return this.#isDispatching ? [this.#target as EventTarget] : []
    }
    preventDefault(): void {
      if (this.#cancelable && !this.#isPassive) this.#isPrevented = true
    }
    stopPropagation(): void {
      this.#isStopped = true
    }
    stopImmediatePropagation(): void {
      this.#isStopped = true
      this.#isStoppedAtOnce = true
    }
  }

  let entriesOf: (target: EventTarget) => readonly Entry[]
  let remove: (target: EventTarget, entry: Entry) => void
  const captures = (options: unknown): boolean => !!(isTable(options) ? (options as { capture?: unknown }).capture : options)

  class EventTarget {
    /** Replaced, never changed: a dispatch goes through the list that it began with. */
    #entries: readonly Entry[] = []
    static {
      entriesOf = (target) => target.#entries
      remove = (target, entry) => {
        entry.isRemoved = true
        const rest: Entry[] = []
        for (let i = 0; i < target.#entries.length; i++) if (target.#entries[i] !== entry) rest[rest.length] = target.#entries[i] as Entry
        target.#entries = rest
      }
    }
    addEventListener(...given: unknown[]): void {
      void this.#entries
      need(given.length, '"type" and "listener" arguments', 2)
      const type = `${given[0]}`
      const listener = given[1] as Listener | null | undefined
      const options = given[2]
      const { once, passive, signal } = (isTable(options) ? options : {}) as { once?: unknown; passive?: unknown; signal?: unknown }
      const isDone = signal !== undefined && isAborted(signal)
      if (listener === null || listener === undefined) return
      if (!isTable(listener)) throw new TypeErrorOf('The "listener" argument must be a function or an object with handleEvent.')
      const capture = captures(options)
      if (isDone || this.#find(type, listener, capture) !== undefined) return
      const entry: Entry = { type, listener, capture, once: !!once, passive: !!passive, isRemoved: false }
      this.#entries = [...this.#entries, entry]
      if (signal !== undefined) whenAborted(signal, () => remove(this, entry))
    }
    removeEventListener(...given: unknown[]): void {
      void this.#entries
      need(given.length, '"type" and "listener" arguments', 2)
      const entry = this.#find(`${given[0]}`, given[1] as Listener, captures(given[2]))
      if (entry !== undefined) remove(this, entry)
    }
    dispatchEvent(event: unknown): boolean {
      void this.#entries
      if (!isEvent(event)) throw new TypeErrorOf('The "event" argument must be an instance of Event.')
      return fire(this, event, false)
    }
    #find(type: string, listener: Listener, capture: boolean): Entry | undefined {
      for (let i = 0; i < this.#entries.length; i++) {
        const entry = this.#entries[i] as Entry
        if (entry.type === type && entry.listener === listener && entry.capture === capture) return entry
      }
      return undefined
    }
  }

  let isAborted: (signal: unknown) => boolean
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
        const { length } = (signal as AbortSignal).#steps
        ;(signal as AbortSignal).#steps[length] = run
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
    static timeout(...given: unknown[]): AbortSignal {
      need(given.length, '"delay" argument')
      const ms = NumberOf(given[0])
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
      if (this.#listener !== undefined) this.removeEventListener('abort', this.#listener)
      this.#onabort = isTable(value) ? value : null
      this.#listener = typeof value === 'function' ? (event) => apply(value, this, [event]) : undefined
      if (this.#listener !== undefined) this.addEventListener('abort', this.#listener)
    }
    #end(reason: unknown): void {
      this.#isAborted = true
      this.#reason = reason
    }
    #tell(): void {
      const steps = this.#steps
      this.#steps = []
      for (let i = 0; i < steps.length; i++) steps[i]?.()
      fire(this, new Event('abort'), true)
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

  const globals = { AbortController, AbortSignal, Event, EventTarget }
  for (const name of ['AbortController', 'AbortSignal', 'Event', 'EventTarget'] as const) {
    const tag = { __proto__: null, value: name, configurable: true } as PropertyDescriptor
    defineProperty(globals[name].prototype, Symbol.toStringTag, tag)
    made[name] = globals[name]
  }
  made['newController'] = () => {
    const signal = new AbortSignal(key)
    return { signal, abort: (reason: unknown) => abort(signal, typeof reason === 'string' ? exception('AbortError', reason) : reason) }
  }
}
