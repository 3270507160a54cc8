// The terminal as a screen: given back once, it is not taken again.
import { EventEmitter } from 'node:events'
import type { ReadStream, WriteStream } from 'node:tty'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Screen } from '../../../cli/dev/screen.ts'
import { DrawnScreen } from '../drawn-screen.ts'

test('a line that is as wide as the screen is there to its last letter, and gone when a shorter one takes its place', () => {
  const [rows, columns] = [3, 12]
  const drawn = new DrawnScreen(rows, columns)
  const input = { destroyed: false, setRawMode: () => undefined } as unknown as ReadStream
  const write = (text: string): boolean => {
    drawn.write(text)
    return true
  }
  const output = Object.assign(new EventEmitter(), { columns, rows, write })
  using screen = new Screen({
    input,
    output: output as unknown as WriteStream,
    onResize: () => undefined,
    onForeignText: () => undefined,
  })
  screen.paint(['abcdefghijkl', '\u001b[1mABCDEFGHIJKL\u001b[0m', 'short'])
  assert.equal(drawn.lines, ['abcdefghijkl', 'ABCDEFGHIJKL', 'short'])
  screen.paint(['abc', 'ABCDEFGHIJKX', 'mnopqrstuvwx'])
  assert.equal(drawn.lines, ['abc', 'ABCDEFGHIJKX', 'mnopqrstuvwx'])
  assert.equal(drawn.unknown, [])
})

test('a screen that was disposed of takes the terminal no more, whoever asks late', () => {
  const written: string[] = []
  let isRaw = false
  const input = { destroyed: false, setRawMode: (mode: boolean) => (isRaw = mode) } as unknown as ReadStream
  const output = Object.assign(new EventEmitter(), { columns: 80, rows: 24, write: (text: string) => written.push(text) > 0 })
  const screen = new Screen({
    input,
    output: output as unknown as WriteStream,
    onResize: () => undefined,
    onForeignText: () => undefined,
  })
  screen.leave()
  screen.enter()
  assert.ok(isRaw)
  screen[Symbol.dispose]()
  const before = written.length
  screen.enter()
  screen.paint(['late'])
  output.emit('resize')
  assert.equal([isRaw, written.length], [false, before])
})

test.run()
