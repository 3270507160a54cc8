// The conformance suite: one test a program, in which both runtimes come to the same, and to what is expected.
import { inspect, isDeepStrictEqual } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { expectNone } from '../harness/expect-none.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { type DifferenceName, KNOWN_DIFFERENCES } from './known-differences.ts'
import type { Expected, Program, Programs } from './program.ts'
import { callsOf, type Essence, RUNTIMES, runPrograms, scriptIdOf } from './run-programs.ts'

/** Runs groups of programs on both runtimes and registers a test for each program. */
export async function conformance(groups: Readonly<Record<string, Programs>>): Promise<void> {
  const programs = mergeGroups(groups)
  using cache = tempDirectory()
  const ends: Awaited<ReturnType<typeof runPrograms>>[] = []
  // One after the other: both bundle the same scripts, so the second finds them.
  for (const runtime of RUNTIMES) ends.push(await runPrograms(runtime, programs, cache.path))
  for (const [name, program] of Object.entries(programs)) {
    const [quickjs = [], v8 = []] = ends.map((of) => of.get(name))
    test(`${name}: the same on both runtimes`, () => expectAgreement(program, quickjs, v8))
    test(`${name}: what is expected`, () => {
      for (const [index, call] of callsOf(program).entries()) expectOneOf([quickjs[index], v8[index]] as Essence[], call, program)
    })
  }
  test.run()
}

/** All groups as one; two programs of one name are a mistake. */
export function mergeGroups(groups: Readonly<Record<string, Programs>>): Programs {
  const programs = Object.values(groups).flatMap((group) => Object.entries(group))
  const names = programs.map(([name]) => scriptIdOf(name))
  expectNone(
    names.filter((name, index) => names.indexOf(name) !== index),
    'Names that two programs have',
  )
  return Object.fromEntries(programs)
}

function expectAgreement({ differs }: Program, quickjs: readonly Essence[], v8: readonly Essence[]): void {
  const names: readonly DifferenceName[] = typeof differs === 'string' ? [differs] : (differs ?? [])
  expectEqual(without(names, quickjs), without(names, v8))
  // Each of them must be needed: one that is gone has to leave the table.
  for (const name of names) {
    const others = names.filter((other) => other !== name)
    assert.not(
      isDeepStrictEqual(without(others, quickjs), without(others, v8)),
      `"${KNOWN_DIFFERENCES[name].title}" does not differ here any more`,
    )
  }
}

function without(names: readonly DifferenceName[], ends: readonly Essence[]): readonly Essence[] {
  return names.reduce<readonly Essence[]>((left, name) => left.map(KNOWN_DIFFERENCES[name].without), ends)
}

function expectEqual(quickjs: unknown, v8: unknown): void {
  assert.ok(isDeepStrictEqual(quickjs, v8), `quickjs:\n${show(quickjs)}\nv8:\n${show(v8)}`)
}

/** Where the runtimes are known to differ, at least one of them does what is specified. */
function expectOneOf(ends: readonly Essence[], call: Expected, { differs }: Program): void {
  const faults = ends.flatMap((end) => {
    try {
      expectOutcome(end, call)
      return []
    } catch (error) {
      return [error]
    }
  })
  const allowed = differs === undefined ? 0 : ends.length - 1
  if (faults.length > allowed) throw faults[0]
}

/** Fails unless an outcome is what the program says. */
export function expectOutcome(end: Essence, expected: Expected): void {
  const said = show(end)
  assert.is(end.status, expected.status ?? 'ok', said)
  if ('value' in expected) assert.ok(isDeepStrictEqual(end.value, expected.value), `${said}\ninstead of the value\n${show(expected.value)}`)
  if (expected.hostCalls !== undefined) assert.is(end.usage.hostCalls, expected.hostCalls, said)
  if (expected.stateLost !== undefined) assert.is(end.stateLost, true, said)
  for (const field of ['code', 'name', 'message'] as const)
    if (expected.error?.[field] !== undefined) assert.is(end.error?.[field], expected.error[field], said)
  if (expected.error?.frames !== undefined) assert.equal(framesOf(end), expected.error.frames, said)
  if (expected.logs !== undefined) {
    const entries = end.logs.map(({ level, message, data }) => (data === undefined ? [level, message] : [level, message, data]))
    assert.ok(isDeepStrictEqual(entries, expected.logs), `${said}\ninstead of the logs\n${show(expected.logs)}`)
  }
}

/** The frames of a stack, without the file: `f 2:7`. The name of the handler is `handler`. */
function framesOf({ error }: Essence): readonly string[] {
  const frames = error?.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? []
  return frames.map((line) => line.replace(/^ {4}at (?:(.*) )?\(.*\.ts:(\d+):(\d+)\)$/, '$1 $2:$3').replace(/^\S+\/\S+ /, 'handler '))
}

function show(value: unknown): string {
  return inspect(value, { depth: 8, maxStringLength: 2_000, breakLength: 140 })
}
