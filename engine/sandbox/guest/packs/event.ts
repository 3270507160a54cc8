// Events without a tree: EventTarget and Event.
import type { Kit } from '../kit.ts'

/** Fills `made` with `Event`, `EventTarget` and, for the pack of `AbortSignal`, `fire` (dispatches a trusted event). */
export function eventPack(kit: Pick<Kit, 'guarded' | 'pack'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty } = Object
  const { now } = Date
  const TypeErrorOf = TypeError
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
        for (let i = 0; i < entries.length && !event.#isStopped; i++) {
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
      void this.#isStopped // there is no tree to go up
    }
    stopImmediatePropagation(): void {
      this.#isStopped = true
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
      const abort = signal === undefined ? undefined : kit.pack('abort')
      const isDone = abort !== undefined && (abort['isAborted'] as (signal: unknown) => boolean)(signal)
      if (listener === null || listener === undefined) return
      if (!isTable(listener)) throw new TypeErrorOf('The "listener" argument must be a function or an object with handleEvent.')
      const capture = captures(options)
      if (isDone || this.#find(type, listener, capture) !== undefined) return
      const entry: Entry = { type, listener, capture, once: !!once, passive: !!passive, isRemoved: false }
      this.#entries = [...this.#entries, entry]
      if (abort !== undefined) (abort['whenAborted'] as (signal: unknown, run: () => void) => void)(signal, () => remove(this, entry))
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

  const tag = (prototype: object, name: string): void => {
    defineProperty(prototype, Symbol.toStringTag, { __proto__: null, value: name, configurable: true } as PropertyDescriptor)
  }
  tag(Event.prototype, 'Event')
  tag(EventTarget.prototype, 'EventTarget')
  made['Event'] = Event
  made['EventTarget'] = EventTarget
  made['fire'] = (target: EventTarget, type: string) => fire(target, new Event(type), true)
}
