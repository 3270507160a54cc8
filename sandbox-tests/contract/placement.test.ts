// timeout: 180s
// The placement contract: the same programs come to the same outcomes, logs and usage, wherever they run.
import { inspect, isDeepStrictEqual } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, type Engine } from '../../engine/index.ts'
import { emitOne, expectStatus, openEngine, PATIENT, PLACEMENTS, type PlacementName, skip } from '../harness/engines.ts'
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

function open(placement: PlacementName): Promise<Engine> {
  const handlers = Object.entries(PROGRAMS).map(([name, { body }]) => `${JSON.stringify(name)}: async (n, ctx) => { ${body} }`)
  const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { host: true, log: true } } }
  return openEngine(
    { 'programs.ts': `export default { needs: { host: true }, on: { ${handlers.join(',\n')} } }` },
    { placement, bindings: [host], policy },
  )
}

skip('placement process', 'this version has the placements inline and thread')

for (const placement of PLACEMENTS) {
  test(`${placement}: every program comes to its outcome, in any order, again and again`, async () => {
    await using engine = await open(placement)
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
        assert.is(outcome.usage.logBytes > 0, outcome.logs.length > 0, name)
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

  test(`${placement}: all programs at once come to the same outcomes`, async () => {
    await using engine = await open(placement)
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

test('the memory that a run is said to have used is the same in every placement', async () => {
  const names = ['value', 'graph', 'calls', 'memory', 'stack']
  const used: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (const placement of PLACEMENTS) {
    await using engine = await open(placement)
    for (const name of names) used[name]?.push((await emitOne(engine, name, 7)).usage.memoryBytes)
  }
  for (const [name, [inline = 0, thread = 0]] of Object.entries(used))
    assert.ok(Math.abs(inline - thread) <= 65_536, `${name}: ${inline} and ${thread} bytes`)
})

test.run()
