// Dates: time stands still, in one zone that has no name.
import type { V8Kit } from './v8-kit.ts'

/** Gives scripts a `Date` whose clock is the kit's. */
export function clockPart(kit: V8Kit): void {
  const { apply, construct } = Reflect
  const { defineProperty } = Object
  const { indexOf, slice } = String.prototype
  const replace = (target: object, name: string, value: unknown): void => {
    defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true } as PropertyDescriptor)
  }
  const EngineDate = Date
  const { toString: dateText, toTimeString: timeText } = EngineDate.prototype
  const unnamed = (text: string): string => {
    const at = apply(indexOf, text, [' (']) as number
    return at < 0 ? text : (apply(slice, text, [0, at]) as string)
  }
  const methods = {
    toString(this: unknown): string {
      return unnamed(apply(dateText, this, []) as string)
    },
    toTimeString(this: unknown): string {
      return unnamed(apply(timeText, this, []) as string)
    },
    now: () => kit.now,
  }
  replace(EngineDate.prototype, 'toString', methods.toString)
  replace(EngineDate.prototype, 'toTimeString', methods.toTimeString)
  replace(EngineDate, 'now', methods.now)
  const DateOf = function (this: unknown, ...values: unknown[]): unknown {
    if (new.target === undefined) return unnamed(apply(dateText, new EngineDate(kit.now), []) as string)
    return construct(EngineDate, values.length === 0 ? [kit.now] : values, new.target)
  } as unknown as DateConstructor
  defineProperty(DateOf, 'name', { value: 'Date' })
  defineProperty(DateOf, 'length', { value: 7 })
  defineProperty(DateOf, 'prototype', { value: EngineDate.prototype, writable: false })
  for (const name of ['now', 'parse', 'UTC'] as const) replace(DateOf, name, EngineDate[name])
  replace(EngineDate.prototype, 'constructor', DateOf)
  replace(globalThis, 'Date', DateOf)
}
