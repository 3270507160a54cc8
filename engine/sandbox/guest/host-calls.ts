// Host calls and timers: the two things that a run can wait for.
import type { Kit } from './kit.ts'

/** Adds `call`, `settle`, `where`, `fire`, `later`, `argumentBytes` to the kit; exposes timers, `queueMicrotask`, `performance`. */
export function hostCallsPart(kit: Kit): void {
  const { stringify } = JSON
  const { freeze } = Object
  const { apply } = Reflect
  const { now } = Date
  const { min } = Math
  const { then } = Promise.prototype
  const { indexOf, slice } = String.prototype
  const ErrorOf = Error
  const NumberOf = Number
  const PromiseOf = Promise
  const TypeErrorOf = TypeError
  const { host } = kit
  const CALL = 2
  const SET_TIMER = 4
  const CLEAR_TIMER = 5
  const STARTED_AT = 10
  const LONGEST_MS = 2_147_483_647

  let calls = 0
  let pending = kit.table<{ name: string; yes(value: unknown): void; no(error: unknown): void; site: Error }>()
  /** `value[0].a` becomes `argument 1.a`: people count from 1. */
  const argumentPath = (path: string): string => {
    const end = apply(indexOf, path, [']']) as number
    return 'argument ' + (NumberOf(apply(slice, path, [6, end])) + 1) + apply(slice, path, [end + 1])
  }
  const refusalOf = (path: string, what: string, tooLarge: boolean): string =>
    tooLarge
      ? kit.refusal(['HOST_CALL_ARGUMENT_TOO_LARGE', kit.argumentBytes])
      : kit.refusal(['ARGUMENT_NOT_PLAIN', argumentPath(path), what])
  kit.argumentBytes = 0
  kit.call = (name, values) =>
    new PromiseOf((yes, no) => {
      const wire = kit.codec.encode(values, kit.argumentBytes)
      const id = ++calls
      const refused = wire.ok ? host(CALL, id + '\n' + name + '\n' + wire.text) : refusalOf(wire.path, wire.what, wire.tooLarge === true)
      const site = new ErrorOf() // where the script called: by the time that the answer comes, its frames are gone
      if (refused === undefined) pending[id] = { name, yes, no, site }
      else no(kit.coded(refused, site))
    })
  kit.settle = (id, ok, text) => {
    const waiter = pending[id]
    if (waiter === undefined) return
    delete pending[id]
    if (ok === 1) waiter.yes(kit.codec.decode(text))
    else waiter.no(kit.coded(text, waiter.site))
  }

  let timers = 0
  let waiting = kit.table<{ run: (...values: unknown[]) => unknown; values: unknown[]; repeat: boolean; site: Error }>()
  const setTimer =
    (repeat: boolean) =>
    (run: unknown, delay?: unknown, ...values: unknown[]): number => {
      if (typeof run !== 'function') throw new TypeErrorOf('A timer needs a function.')
      const ms = NumberOf(delay)
      const wanted = ms > 0 ? min(ms, LONGEST_MS) : 0 // NaN is not greater
      const id = ++timers
      const refused = host(SET_TIMER, id + ' ' + wanted + ' ' + (repeat ? 1 : 0))
      if (refused !== undefined) throw kit.coded(refused)
      waiting[id] = { run: run as () => unknown, values, repeat, site: new ErrorOf() }
      return id
    }
  const clearTimer = (id?: unknown): void => {
    if (typeof id !== 'number' || waiting[id] === undefined) return
    delete waiting[id]
    host(CLEAR_TIMER, '' + id)
  }
  // What an earlier run of a kept state left behind is answered by nobody.
  kit.forget = () => {
    if (calls > 0) pending = kit.table()
    if (timers > 0) waiting = kit.table()
  }
  kit.fire = (id) => {
    const timer = waiting[id]
    if (timer === undefined) return
    if (!timer.repeat) delete waiting[id]
    kit.guarded(timer.run, timer.values)
  }
  kit.where = (isWaiting) => {
    if (isWaiting === 0) return '\n' + kit.read(new ErrorOf(), 'stack')
    // Who has waited longest is the one to look at; a timer only where there is no call.
    for (const id in pending)
      return (pending[id] as { name: string }).name + '\n' + kit.read((pending[id] as { site: Error }).site, 'stack')
    for (const id in waiting) {
      const timer = waiting[id] as { repeat: boolean; site: Error }
      return (timer.repeat ? 'setInterval' : 'setTimeout') + '\n' + kit.read(timer.site, 'stack')
    }
    return ''
  }
  kit.later = setTimer(false)
  kit.expose('setTimeout', kit.later)
  kit.expose('setInterval', setTimer(true))
  kit.expose('clearTimeout', clearTimer)
  kit.expose('clearInterval', clearTimer)

  const settled = PromiseOf.resolve()
  kit.expose('queueMicrotask', (run: unknown) => {
    if (typeof run !== 'function') throw new TypeErrorOf('queueMicrotask needs a function, not ' + stringify(typeof run) + '.')
    apply(then, settled, [() => kit.guarded(run as () => unknown, [])])
  })
  kit.expose('performance', freeze({ now: () => now() - NumberOf(host(STARTED_AT, '')), toJSON: () => ({}) }))
}
