// A typed array whose length, buffer and constructor say something else.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'bytes are those that are there, whatever the array says of itself',
  threat: 'result-kind',
  source: script(ts`() => {
  const bytes = new Uint8Array([1, 2, 3])
  Object.defineProperty(bytes, 'length', { value: 1000000 })
  Object.defineProperty(bytes, 'byteLength', { get: () => 2 ** 40 })
  Object.defineProperty(bytes, 'constructor', { value: { [Symbol.species]: function () { return new Float64Array(10000) } } })
  Object.defineProperty(bytes, 'subarray', { value: () => [9] })
  const gone = new Uint8Array(4)
  ;(gone.buffer as any).transfer()
  return [bytes, new Uint8Array(new ArrayBuffer(8), 2, 3), gone]
}`),
  expect: { status: 'ok', value: [new Uint8Array([1, 2, 3]), new Uint8Array(3), new Uint8Array(0)] },
} satisfies Attack
