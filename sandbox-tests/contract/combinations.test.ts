// timeout: 300s
// The contract of runtimes in placements: the same programs come to the same outcomes, logs and usage on every combination.
import { inspect, isDeepStrictEqual } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, type Engine } from '../../engine/index.ts'
import { COMBINATIONS, type Combination, inCombination, tellSkippedCombinations } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine, PATIENT, skip } from '../harness/engines.ts'
import { PROGRAMS } from './programs.ts'

const host = defineBinding('host', {
  double: { input: z.tuple([z.number()]), output: z.number(), handler: (_call, n) => n * 2 },
  fail: {
    input: z.tuple([]),
    output: z.void(),
    handler: () => {
      throw new Error('of the host')
    },
  },
})

function open(combination: Combination): Promise<Engine> {
  const handlers = Object.entries(PROGRAMS).map(([name, { body }]) => `${JSON.stringify(name)}: async (n, ctx) => { ${body} }`)
  const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { host: true, log: true } } }
  return openEngine(
    { 'programs.ts': `export default { needs: { host: true }, on: { ${handlers.join(',\n')} } }` },
    inCombination(combination, { bindings: [host], policy }),
  )
}

tellSkippedCombinations()

for (const combination of COMBINATIONS) {
  const { name: where } = combination
  test(`${where}: every program comes to its outcome, in any order, again and again`, async () => {
    await using engine = await open(combination)
    for (let round = 0; round < 2; round++) {
      for (const [name, { status, code, value, message, logs, hostCalls, limits }] of Object.entries(PROGRAMS)) {
        const outcome = await emitOne(engine, name, 7, limits === undefined ? {} : { limits })
        expectStatus(outcome, status, code)
        assert.ok(isDeepStrictEqual(outcome.value, value), `${name}: ${inspect(outcome.value)}`)
        if (message !== undefined) assert.match(outcome.error?.message ?? '', message, name)
        if (logs !== undefined) {
          assert.is(outcome.logs.length, logs.length, name)
          for (const [index, log] of logs.entries())
            assert.ok(outcome.logs[index]?.message.startsWith(log), `${name}: ${outcome.logs[index]?.message}`)
        }
        if (hostCalls !== undefined) assert.is(outcome.usage.hostCalls, hostCalls, name)
        for (const [field, amount] of Object.entries(outcome.usage))
          assert.ok(Number.isFinite(amount) && amount >= 0, `${name}: ${field} is ${amount}`)
        for (const ms of [outcome.usage.cpuMs, outcome.usage.wallMs])
          assert.is(ms, Number(ms.toFixed(3)), `${name}: ${ms} ms is a number of microseconds`)
        assert.ok(outcome.usage.wallMs >= outcome.usage.cpuMs * 0.5, `${name}: ${inspect(outcome.usage)}`)
        // What the engine itself reports counts for nobody.
        assert.is(
          outcome.usage.logBytes > 0,
          outcome.logs.some(({ error }) => error === undefined),
          name,
        )
        assert.is(outcome.usage.outputBytes > 0, status === 'ok', name)
        assert.equal(
          Object.keys(outcome)
            .filter((key) => !['value', 'error', 'stateLost'].includes(key))
            .sort(),
          ['event', 'logs', 'runId', 'script', 'status', 'usage'],
        )
      }
    }
  })

  test(`${where}: all programs at once come to the same outcomes`, async () => {
    await using engine = await open(combination)
    const all = await Promise.all(
      Object.entries(PROGRAMS).flatMap(([name, program]) =>
        [1, 2, 3].map(async () => ({
          name,
          program,
          outcome: await emitOne(engine, name, 7, program.limits === undefined ? {} : { limits: program.limits }),
        })),
      ),
    )
    for (const { program, outcome } of all) expectStatus(outcome, program.status, program.code)
  })
}

for (const combination of COMBINATIONS) {
  test(`${combination.name}: handlers of one script in isolation "script" have the state one after the other`, async () => {
    const body =
      'const before = seen.length; seen.push(n); await ctx.host.double(1); await new Promise((r) => setTimeout(r, 1)); return [before, seen.length]'
    const policy = { version: 1, defaults: { ...PATIENT.defaults, isolation: 'script', allow: { host: true } } }
    await using engine = await openEngine(
      { 'kept.ts': `const seen = []; export default { needs: { host: true }, on: { go: async (n, ctx) => { ${body} } } }` },
      inCombination(combination, { bindings: [host], policy }),
    )
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => emitOne(engine, 'go', n)))
    for (const outcome of outcomes) expectStatus(outcome, 'ok')
    assert.equal(
      outcomes.map(({ value }) => value),
      outcomes.map((_, n) => [n, n + 1]),
    )
  })
}

test('the memory that a run is said to have used is the same wherever its runtime is the same', async () => {
  const names = ['value', 'graph', 'calls', 'memory', 'stack']
  const used = new Map<string, number[]>()
  for (const combination of COMBINATIONS.filter(({ runtime }) => runtime === 'quickjs')) {
    await using engine = await open(combination)
    for (const name of names) used.set(name, [...(used.get(name) ?? []), (await emitOne(engine, name, 7)).usage.memoryBytes])
  }
  for (const [name, bytes] of used) assert.ok(Math.max(...bytes) - Math.min(...bytes) <= 65_536, `${name}: ${bytes.join(', ')} bytes`)
})
skip('v8-process: the memory that a run is said to have used', 'V8 counts pages of its heap, and other things than QuickJS')

test.run()
