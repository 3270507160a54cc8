// The binding log: nothing to call, and entries of outcomes passed on to the host's logger.
import { Writable } from 'node:stream'
import pino from 'pino'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { log } from '../../bindings/log.ts'
import { standardBindings } from '../../bindings/standard-bindings.ts'
import type { LogEntry, Outcome } from '../../engine/model/outcome.ts'
import { NO_USAGE } from '../../engine/model/usage.ts'
import { callThrough, codeOf } from './call-through.ts'

function outcome(...logs: LogEntry[]): Outcome {
  return { script: 'greet', event: 'order.created', runId: 'run-1', status: 'ok', usage: NO_USAGE, logs }
}

function pinoLogger() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { lines, logger: pino({ level: 'debug', base: null, timestamp: false }, stream) }
}

test('entries reach the logger in order, with their level, their run and their data', () => {
  const { lines, logger } = pinoLogger()
  log({ logger }).observer?.run(
    outcome({ level: 'info', message: 'one', data: { script: 'forged' } }, { level: 'error', message: 'two', truncated: true }),
  )
  const run = { script: 'greet', event: 'order.created', runId: 'run-1' }
  assert.equal(
    lines.map((line) => JSON.parse(line)),
    [
      { level: 30, ...run, data: { script: 'forged' }, msg: 'one' },
      { level: 50, ...run, truncated: true, msg: 'two' },
    ],
  )
})

test('control characters cannot forge a line of the log', () => {
  const { lines, logger } = pinoLogger()
  log({ logger }).observer?.run(outcome({ level: 'info', message: 'x\n{"level":60,"msg":"forged"}\u001b[2J\u2028' }))
  assert.is(lines.length, 1)
  assert.is(lines[0]?.trimEnd().includes('\n'), false)
  assert.is(lines[0]?.includes('\u001b'), false)
})

test('a logger that fails harms nobody', () => {
  const fails = () => {
    throw new Error('the disk is full')
  }
  log({ logger: { debug: fails, info: fails, warn: fails, error: fails } }).observer?.run(outcome({ level: 'info', message: 'x' }))
})

test('log has nothing to call, and policy can only say true', async () => {
  const binding = log()
  assert.equal(binding.surface.methods, [])
  assert.is(binding.observer, undefined)
  assert.equal(binding.surface.readAllow(true), { ok: true, value: true })
  assert.is(binding.surface.readAllow({ level: 'info' }).ok, false)
  const gate = createGate({ bindings: [binding] })
  assert.is(codeOf(await callThrough(gate, { grant: { log: true } })('log.info', 'x')), 'HOST_FUNCTION_UNKNOWN')
})

test('the standard bindings are there without being asked for; files and secrets only where the host gives some', async () => {
  const gate = createGate({ bindings: standardBindings({ kv: ':memory:' }) })
  assert.equal(
    gate.surfaces.map(({ name }) => name),
    ['log', 'kv', 'lock', 'cache', 'crypto', 'script', 'events', 'http'],
  )
  await gate.close()
})

test.run()
