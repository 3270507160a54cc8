// What the engine throws where it interrupts a run, found in memory: no script can catch it, but an asynchronous function that it passes through keeps it in a
// promise that nobody asks any more.

import { PLACES, type Pointer } from './build.ts'
import type { Layout, Machine } from './machine.ts'

/** It is among the youngest objects. */
const MOST_OBJECTS = 1_000
const MESSAGE = 'interrupted'
const MOST_STACK_BYTES = 64 * 1024

/**
 * The stack of the error that interrupted a run; undefined where it is gone, or there is no room to say it. Guest code may run where a script has made an error
 * like it: the caller sees to it that this is cut at once. Throws what breaks through the guest's frames.
 */
export function readInterruption(machine: Machine, { runtime, context }: Layout): string | undefined {
  const value = machine.exports.malloc(8)
  if (value === 0) return undefined
  machine.setWord(value + 4, PLACES.objectTag)
  const head = runtime + PLACES.objectListInRuntime
  let link = machine.word(head)
  for (let i = 0; i < MOST_OBJECTS && link !== head; i++, link = machine.word(link)) {
    const object = link - PLACES.linksInObject
    if (!isError(machine, object)) continue
    machine.setWord(value, object)
    if (readProperty(machine, context, value, 'message') === MESSAGE) return readProperty(machine, context, value, 'stack')
  }
  return undefined
}

function isError(machine: Machine, object: Pointer): boolean {
  return machine.word(object + PLACES.classInObject - 2) >>> 16 === PLACES.errorClass
}

function readProperty(machine: Machine, context: Pointer, value: Pointer, name: string): string | undefined {
  const key = machine.newString(context, name)
  const property = key === 0 ? 0 : machine.exports.getProperty(context, value, key)
  return property === 0 ? undefined : machine.readText(context, property, MOST_STACK_BYTES)
}
