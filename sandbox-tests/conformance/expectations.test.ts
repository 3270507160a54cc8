// What programs are expected to come to, held against plain Node where a program is plain; the known differences, held against docs/runtimes.md.
import { inspect, isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { transformSync } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { expectNone } from '../harness/expect-none.ts'
import { readText } from '../harness/source-files.ts'
import { KNOWN_DIFFERENCES } from './known-differences.ts'
import type { Program } from './program.ts'
import { ALL_PROGRAMS } from './programs.ts'
import { callsOf } from './run-programs.ts'

const LEAST_PROGRAMS = 300
const entries = Object.entries(ALL_PROGRAMS)
const plain = entries.filter(([, program]) => isPlain(program))

test('there are enough programs, and most of them are told what they must come to', () => {
  const told = entries.filter(([, program]) =>
    callsOf(program).every((call) => 'value' in call || call.status !== undefined || call.logs !== undefined),
  )
  console.log(`# ${entries.length} programs; ${told.length} have an expectation of their own, ${plain.length} are held against plain Node`)
  assert.ok(entries.length >= LEAST_PROGRAMS, `${entries.length} programs`)
  assert.ok(told.length > entries.length * 0.75, `${told.length} of ${entries.length} have an expectation`)
})

test('plain programs come to the same in plain Node', async () => {
  const others: string[] = []
  for (const [name, program] of plain) {
    const value = await runInNode(program)
    if (!isDeepStrictEqual(value, program.value))
      others.push(`${name}: ${inspect(value, { depth: 6 })} instead of ${inspect(program.value, { depth: 6 })}`)
  }
  expectNone(others, 'Expectations that Node does not share')
})

test('each program is either a body or a whole script', () => {
  expectNone(
    entries.filter(([, { body, script }]) => (body === undefined) === (script === undefined)).map(([name]) => name),
    'Programs with both or neither',
  )
})

test('every known difference is shown by a program', () => {
  const shown = new Set(entries.flatMap(([, { differs }]) => differs ?? []))
  expectNone(
    Object.keys(KNOWN_DIFFERENCES).filter((name) => !shown.has(name as never)),
    'Known differences without a program',
  )
})

test('docs/runtimes.md has the table of known differences', () => {
  const rows = Object.values(KNOWN_DIFFERENCES).map(({ title, reason }) => `| ${title} | ${reason} |`)
  const table = ['| What differs | Why |', '|---|---|', ...rows].join('\n')
  assert.ok(readText('docs/runtimes.md').includes(table), `docs/runtimes.md should hold:\n${table}`)
})

/** Whether a program uses nothing but the language and globals that Node has as well. */
function isPlain(program: Program): boolean {
  const { body, calls, logs, notInNode } = program
  if (body === undefined || calls !== undefined || logs !== undefined || notInNode !== undefined) return false
  return 'value' in program && !/\bctx\b|\bconsole\b/.test(body)
}

async function runInNode({ body }: Program): Promise<unknown> {
  const { code } = transformSync(`"use strict"; async function run() {${body}\n}`, { target: 'es2023', loader: 'ts' })
  // The whole point: a program is text, here as in a sandbox.
  const run = new Function(`${code}; return run`)() as () => Promise<unknown>
  return deserialize(serialize(await run()))
}

process.on('unhandledRejection', () => {
  // Programs leave some behind on purpose.
})
test.run()
