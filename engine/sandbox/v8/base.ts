// The base of V8: a snapshot of a context that has evaluated the guest's parts and nothing else, and what the process needs for isolates of it.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import v8 from 'node:v8'
import type ivm from 'isolated-vm'
import { engineError } from '../../errors/engine-error.ts'
import { GUEST_PARTS } from '../guest/guest-source.ts'
import { chancePart } from './guest/chance.ts'
import { clockPart } from './guest/clock.ts'
import { entryPart } from './guest/entry.ts'
import { errorsPart } from './guest/errors.ts'
import { globalsPart } from './guest/globals.ts'
import { localePart } from './guest/locale.ts'
import { memoryPart } from './guest/memory.ts'

/** What every isolate of a process starts from. */
export interface V8Base {
  readonly ivm: typeof ivm
  readonly snapshot: ivm.ExternalCopy<ArrayBuffer>
  /** SHA-256, hex, over everything that a recipe's outcome depends on. */
  readonly hash: string
}

/**
 * Three things that scripts cannot do and the base must: end what runs, jobs included, from inside; collect garbage; take the kit. They are compiled while
 * the engine's own syntax is allowed, which is for these lines only.
 */
const NATIVES = `'use strict'
globalThis.vivarium = { __proto__: null, ask: undefined, now: 0,
  terminate: (function () { %TerminateExecution() }),
  collect: (function () { %CollectGarbage(0) }) }
`

const PARTS = [globalsPart, clockPart, localePart, errorsPart, memoryPart, chancePart].map((part) => `(${part})`)

/** Switches of the engine that hold for every isolate of the process. */
const FLAGS = [
  // What the base compiled must not be compiled again: it could not be.
  '--no-flush-bytecode',
  '--no-async-stack-traces',
  '--stack-trace-limit=64',
  '--no-js-explicit-resource-management',
  // It takes the checks out of some endless loops: neither a timeout nor a memory limit reached them.
  '--no-turboshaft-loop-unrolling',
]

/**
 * Makes the base. It changes switches of the whole process, and its zone to UTC: a process that does this runs scripts and nothing else.
 * Throws `V8_UNAVAILABLE` where isolated-vm is not installed, or does not fit this Node.
 */
export function makeV8Base(): V8Base {
  const library = readLibrary()
  process.env['TZ'] = 'UTC'
  for (const flag of FLAGS) v8.setFlagsFromString(flag)
  const code = `'use strict';((kit) => {${[...PARTS, ...GUEST_PARTS, `(${entryPart})`].map((part) => `${part}(kit);`).join('\n')}})(globalThis.vivarium)`
  v8.setFlagsFromString('--allow-natives-syntax')
  let snapshot: ivm.ExternalCopy<ArrayBuffer>
  try {
    snapshot = library.ivm.Isolate.createSnapshot([
      { code: NATIVES, filename: 'vivarium' },
      { code, filename: 'vivarium' },
    ])
  } finally {
    v8.setFlagsFromString('--no-allow-natives-syntax')
  }
  const hash = createHash('sha256').update(code).update(NATIVES).update(library.version).update(process.versions.v8).digest('hex')
  return { ivm: library.ivm, snapshot, hash }
}

function readLibrary(): { readonly ivm: typeof ivm; readonly version: string } {
  const require = createRequire(import.meta.url)
  try {
    const { version } = require('isolated-vm/package.json') as { version: string }
    return { ivm: require('isolated-vm') as typeof ivm, version }
  } catch (cause) {
    throw engineError('V8_UNAVAILABLE', [`isolated-vm cannot be loaded (Node ${process.versions.node}). Install isolated-vm 7.`], { cause })
  }
}
