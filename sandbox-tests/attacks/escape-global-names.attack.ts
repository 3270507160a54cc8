// A bridge that was left lying about is the first thing to look for.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'the global object holds the standard and nothing of the bridge',
  threat: 'escape-global',
  source: script(ts`() => {
  const known = new Set(('Object Function Error EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError Array Iterator Number Boolean String Symbol Math Reflect ' +
    'Map Set WeakMap WeakSet WeakRef FinalizationRegistry Promise Proxy JSON Date RegExp BigInt globalThis NaN Infinity undefined eval parseInt parseFloat isNaN isFinite decodeURI ' +
    'decodeURIComponent encodeURI encodeURIComponent escape unescape ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array ' +
    'BigInt64Array BigUint64Array Float16Array Float32Array Float64Array console setTimeout setInterval clearTimeout clearInterval queueMicrotask performance URL URLSearchParams ' +
    'TextEncoder TextDecoder structuredClone atob btoa AbortController AbortSignal Event EventTarget DOMException crypto Headers Request Response DisposableStack AsyncDisposableStack SuppressedError').split(' '))
  const odd = Reflect.ownKeys(globalThis).filter((key) => typeof key === 'symbol' ? key !== Symbol.toStringTag : !known.has(key))
  return [odd.map(String).join(), Object.getPrototypeOf(globalThis) === Object.prototype].join()
}`),
  expect: { status: 'ok', value: ',true' },
} satisfies Attack
