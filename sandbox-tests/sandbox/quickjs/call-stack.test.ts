// Where guest code is, read from memory: told as the engine tells it, of whatever functions are called, and never more than bounded text, whatever memory holds.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { makeBase } from '../../../engine/sandbox/quickjs/base.ts'
import { type InstanceHooks, PLACES, type Pointer } from '../../../engine/sandbox/quickjs/build.ts'
import { CallStack } from '../../../engine/sandbox/quickjs/call-stack.ts'
import { Machine } from '../../../engine/sandbox/quickjs/machine.ts'

const PAGES = 300
const base = makeBase()
const { layout } = base

/** A machine whose host function, the guest's `host`, is `look`. */
function machineWith(look: (machine: Machine) => void, hooks: Partial<InstanceHooks> = {}): Machine {
  const machine: Machine = new Machine(base.module, PAGES, {
    clock: () => 0,
    outOfMemory: () => undefined,
    shouldInterrupt: () => false,
    hostCall: () => {
      look(machine)
      return 0
    },
    rejection: () => undefined,
    ...hooks,
  })
  machine.restoreBase(base.image)
  return machine
}

/** Calls the function that `code` is with the host function. */
function run(machine: Machine, code: string): Pointer {
  const { exports } = machine
  const scratch = machine.writeScratch(code)
  const fn = exports.evaluate(layout.context, scratch.pointer, scratch.length, layout.fileName, 0, 0)
  machine.clearScratch(scratch)
  assert.is(exports.resolveException(layout.context, fn), 0)
  machine.setWord(layout.argv, exports.newFunction(layout.context, machine.writeText('host'), 2, 0, 1))
  return exports.call(layout.context, fn, layout.undefinedValue, 1, layout.argv)
}

test('it says what the stack of an error says, through every kind of function', () => {
  let seen: string | undefined
  const machine = machineWith((each) => {
    seen = CallStack.read(each, layout)?.describe('time')
  })
  const value = run(
    machine,
    `(host) => {
  let stack
  class Thing { constructor(go) { go() } static make(go) { return new Thing(go) } }
  function *generate(go) { yield go() }
  const ähnlich = (go) => [1].map(() => go())
  const wide日本 = async (go) => { go() }
  async function *both(go) { yield go() }
  const end = () => { stack = new Error().stack; host(0, '') }
  Thing.make(() => generate(() => ähnlich(() => wide日本(() => both(end).next()))).next())
  return stack
}`,
  )
  const text = machine.readText(layout.context, value, 10_000) ?? ''
  const expected = text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.endsWith('(native)'))
  const found = (seen ?? '').split('\n')
  assert.ok(expected.length > 8, text)
  assert.equal(found.slice(1), expected.slice(1))
  assert.match(found[0] ?? '', /^ {4}at end \(script:8:\d+\)$/)
})

test('a name is one line of bounded length, and none where it is not a plain text', () => {
  let seen: string | undefined
  const machine = machineWith((each) => {
    seen = CallStack.read(each, layout)?.describe('time')
  })
  run(
    machine,
    `(host) => {
  const named = (name, fn) => Object.defineProperty(fn, 'name', name)
  const a = named({ value: 'x (script:1:1)\\n    at forged' }, () => host(0, ''))
  const b = named({ value: 'y'.repeat(1e6) }, () => a())
  const c = named({ get: () => { throw 1 } }, () => b())
  const d = named({ value: { toString: () => 'never' } }, () => c())
  d()
}`,
  )
  const lines = (seen ?? '').split('\n')
  assert.is(lines.length, 5, seen)
  assert.match(lines[0] ?? '', /^ {4}at x \(script:1:1\) {5}at forged \(script:3:\d+\)$/)
  assert.match(lines[1] ?? '', /^ {4}at y{100} \(script:4:\d+\)$/)
  assert.match(lines[2] ?? '', /^ {4}at <anonymous> \(script:5:/)
  assert.match(lines[3] ?? '', /^ {4}at <anonymous> \(script:6:/)
})

test('memory that holds anything at all is read to an end', () => {
  const machine = machineWith((each) => {
    const frame = each.word(layout.runtime + PLACES.frameInRuntime)
    const caller = each.word(frame)
    const fn = each.word(caller + PLACES.functionInFrame)
    const code = each.word(fn + PLACES.codeInFunction)
    const shape = each.word(fn + PLACES.shapeInObject)
    const places = [
      layout.runtime + PLACES.frameInRuntime,
      layout.runtime + PLACES.atomsInRuntime,
      caller,
      caller + PLACES.functionInFrame,
      caller + PLACES.codeInFrame,
      fn + PLACES.codeInFunction,
      fn + PLACES.shapeInObject,
      fn + PLACES.valuesInObject,
      shape + PLACES.countInShape,
      ...['codeInBytecode', 'codeLengthInBytecode', 'fileInBytecode', 'placesLengthInBytecode', 'placesInBytecode'].map(
        (name) => code + PLACES[name as 'codeInBytecode'],
      ),
    ]
    for (const place of places) {
      const before = each.word(place)
      for (const value of [0, 1, 8, caller, fn, code, 0x7fffffff, 0x80000000, 0xffffffff, PLACES.heapStart]) {
        each.setWord(place, value)
        const stack = CallStack.read(each, layout)
        for (const text of [stack?.describe('time'), stack?.describe('memory'), stack?.describeInterrupted()])
          assert.ok((text ?? '').length < 10_000)
      }
      each.setWord(place, before)
    }
  })
  run(machine, `function outer(host) {\n  for (let i = 0; i < 1; i++) host(0, '')\n}; outer`)
})

test('nothing is told where none of a script runs', () => {
  assert.is(
    CallStack.read(
      machineWith(() => undefined),
      layout,
    ),
    undefined,
  )
})

test.run()
