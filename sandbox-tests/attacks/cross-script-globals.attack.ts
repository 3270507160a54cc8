// Leaves things behind for the next event, and for the neighbour who comes into the same cell.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'nothing that one event leaves is there in the next',
  threat: 'cross-script',
  source: script(
    ts`() => {
  const before = [count, typeof (globalThis as any).left, typeof (Object.prototype as any).left, typeof (globalThis as any).neighbourSecret, [1, 2].map.name]
  count++
  ;(globalThis as any).left = (Object.prototype as any).left = 'left'
  Array.prototype.map = (() => 'evil') as any
  JSON.stringify = (() => 'evil') as any
  setTimeout(() => { (globalThis as any).left = 'late' }, 0)
  return before
}`,
    { top: 'let count = 0' },
  ),
  expect: [
    { status: 'ok', value: [0, 'undefined', 'undefined', 'undefined', 'map'] },
    { status: 'ok', value: [0, 'undefined', 'undefined', 'undefined', 'map'] },
  ],
} satisfies Attack
