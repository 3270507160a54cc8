// Texts of numbers, dates and names as on the other runtime: there is no locale.
import type { V8Kit } from './v8-kit.ts'

/** Removes `Intl`, and gives the methods that ask for a locale one form each. */
export function localePart(_kit: V8Kit): void {
  const { apply, deleteProperty, ownKeys } = Reflect
  const { defineProperty } = Object
  const { toString: numberText } = Number.prototype
  const { codePointAt, normalize, padStart, toLowerCase, toUpperCase } = String.prototype
  const { getDate, getFullYear, getHours, getMinutes, getMonth, getSeconds, getTime } = Date.prototype
  const StringOf = String
  const TypeErrorOf = TypeError

  const padded = (value: number, width: number): string => {
    const digits = StringOf(value < 0 ? -value : value)
    return (value < 0 ? '-' : '') + (apply(padStart, digits, [width, '0']) as string)
  }
  const numberOf = (date: unknown, part: () => number): number => apply(part, date, [])
  const dayOf = (date: unknown): string =>
    `${padded(numberOf(date, getMonth) + 1, 2)}/${padded(numberOf(date, getDate), 2)}/${padded(numberOf(date, getFullYear), 4)}`
  const timeOf = (date: unknown): string => {
    const hours = numberOf(date, getHours)
    const clock = `${padded(hours % 12 === 0 ? 12 : hours % 12, 2)}:${padded(numberOf(date, getMinutes), 2)}`
    return `${clock}:${padded(numberOf(date, getSeconds), 2)}${hours < 12 ? ' AM' : ' PM'}`
  }
  const isValid = (date: unknown): boolean => {
    const time = numberOf(date, getTime)
    return time - time === 0
  }
  const textOf = (value: unknown): string => {
    if (value === undefined || value === null) throw new TypeErrorOf('null or undefined are forbidden')
    return StringOf(value)
  }
  const compare = (a: string, b: string): number => {
    let at = 0
    while (at < a.length && at < b.length) {
      const code = apply(codePointAt, a, [at]) as number
      const difference = code - (apply(codePointAt, b, [at]) as number)
      if (difference !== 0) return difference
      at += code > 0xffff ? 2 : 1
    }
    return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
  }

  const replace = (target: object, methods: object): void => {
    for (const name of ownKeys(methods)) {
      const value: unknown = (methods as Record<PropertyKey, unknown>)[name]
      defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true } as PropertyDescriptor)
    }
  }
  deleteProperty(globalThis, 'Intl')
  deleteProperty(BigInt.prototype, 'toLocaleString')
  replace(Number.prototype, {
    toLocaleString(this: unknown): string {
      return apply(numberText, this, []) as string
    },
  })
  replace(Date.prototype, {
    toLocaleString(this: unknown): string {
      return isValid(this) ? `${dayOf(this)}, ${timeOf(this)}` : 'Invalid Date'
    },
    toLocaleDateString(this: unknown): string {
      return isValid(this) ? dayOf(this) : 'Invalid Date'
    },
    toLocaleTimeString(this: unknown): string {
      return isValid(this) ? timeOf(this) : 'Invalid Date'
    },
  })
  replace(String.prototype, {
    localeCompare(this: unknown, that: unknown): number {
      const own = textOf(this)
      return compare(apply(normalize, own, []) as string, apply(normalize, StringOf(that), []) as string)
    },
    toLocaleLowerCase(this: unknown): string {
      return apply(toLowerCase, this, []) as string
    },
    toLocaleUpperCase(this: unknown): string {
      return apply(toUpperCase, this, []) as string
    },
  })
}
