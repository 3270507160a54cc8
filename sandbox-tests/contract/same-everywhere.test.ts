// timeout: 300s
// With the same clock and the same seeds, a script comes to the same value, logs and error wherever it runs: combinations of runtime and placement are held against each other.
import { inspect, isDeepStrictEqual } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, type Engine, type Outcome } from '../../engine/index.ts'
import { COMBINATIONS, type Combination, inCombination, tellSkippedCombinations } from '../harness/combinations.ts'
import { emitOne, openEngine, PATIENT } from '../harness/engines.ts'
import { API_PROGRAMS } from './api-programs.ts'

const NOW_MS = Date.UTC(2026, 10, 22)
const HOST = defineBinding('host', {
  echo: { input: z.tuple([z.unknown()]), output: z.unknown(), handler: (_call, value) => value },
  slow: {
    input: z.tuple([z.unknown()]),
    output: z.unknown(),
    handler: (_call, value) => new Promise((resolve) => setTimeout(() => resolve(value), 10)),
  },
  fail: {
    input: z.tuple([]),
    output: z.void(),
    handler: () => {
      throw new Error('a secret of the host')
    },
  },
})
const SCRIPT = `export default { needs: { host: true }, on: {
  ${Object.entries(API_PROGRAMS)
    .map(([name, body]) => `${JSON.stringify(name)}: async (n, ctx) => { ${body} }`)
    .join(',\n  ')}
} }`

/** Bytes that are the same for the same call of each engine. */
function seeded(): (bytes: number) => Uint8Array {
  let calls = 0
  return (bytes) => {
    calls++
    return Uint8Array.from({ length: bytes }, (_, i) => (calls * 31 + i * 17) % 256)
  }
}

function open(combination: Combination): Promise<Engine> {
  const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { host: true, log: true } } }
  return openEngine({ 'api.ts': SCRIPT }, inCombination(combination, { bindings: [HOST], policy, clock: () => NOW_MS, random: seeded() }))
}

/** What must be the same: all but what was measured. */
function essence({ status, value, error, logs, usage, script, event, runId }: Outcome) {
  const { hostCalls, logBytes, outputBytes } = usage
  return { status, value, error, logs, script, event, runId, usage: { hostCalls, logBytes, outputBytes } }
}

async function runAll(combination: Combination): Promise<Map<string, ReturnType<typeof essence>>> {
  await using engine = await open(combination)
  const ends = new Map<string, ReturnType<typeof essence>>()
  for (const name of Object.keys(API_PROGRAMS)) ends.set(name, essence(await emitOne(engine, name, 7)))
  return ends
}

const [reference, ...others] = COMBINATIONS as [Combination, ...Combination[]]
const expected = await runAll(reference)
tellSkippedCombinations()

test('the programs do what they are there for: each ends with a value or an exception', () => {
  for (const [name, { status, error }] of expected)
    assert.ok(status === 'ok' || (status === 'exception' && error?.code !== 'SANDBOX_FAULT'), `${name}: ${status} ${inspect(error)}`)
})

for (const combination of [...others, reference]) {
  const got = await runAll(combination)
  for (const [name, end] of expected) {
    test(`${combination.name}: ${name}, as on ${reference.name}`, () => {
      const other = got.get(name)
      assert.ok(isDeepStrictEqual(other, end), `${inspect(other, { depth: 6 })}\ninstead of\n${inspect(end, { depth: 6 })}`)
    })
  }
}

test('other seeds give other chance', async () => {
  await using engine = await open(reference)
  const [a, b] = [await emitOne(engine, 'Math.random', 7), await emitOne(engine, 'Math.random', 7)]
  assert.is(new Set([...(a.value as number[]), ...(b.value as number[])]).size, 40)
})

test('time moves on at a host reply, and only there', async () => {
  for (const combination of COMBINATIONS) {
    let now = NOW_MS
    await using engine = await openEngine(
      {
        'time.ts': `export default { needs: { host: true }, on: { go: async (n, ctx) => {
          const seen = [Date.now(), performance.now()]
          for (let i = 0; i < 1e5; i++);
          seen.push(Date.now(), performance.now())
          await 0
          seen.push(Date.now())
          await ctx.host.echo(1)
          seen.push(Date.now(), performance.now())
          return seen
        } } }`,
      },
      inCombination(combination, {
        bindings: [HOST],
        policy: { version: 1, defaults: { ...PATIENT.defaults, allow: { host: true } } },
        clock: () => {
          now += 10
          return now
        },
      }),
    )
    const [a, p, a2, p2, a3, b, q] = (await emitOne(engine, 'go', 1)).value as number[]
    assert.equal([a2, a3, p2], [a, a, p], combination.name)
    assert.ok((b ?? 0) > (a ?? 0), combination.name)
    assert.is((q ?? 0) - (p ?? 0), (b ?? 0) - (a ?? 0), combination.name)
  }
})

test.run()
