// The file behind kv: it survives SIGKILL at any moment with every acknowledged write, is shared by processes, and says clearly when it cannot be used.
// timeout: 300s
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { kv } from '../../bindings/kv.ts'
import { answerOf, callThrough, codeOf } from './call-through.ts'

const WRITER = join(import.meta.dirname, 'kv-writer.ts')
const directory = mkdtempSync(join(tmpdir(), 'vivarium-kv-'))
let files = 0
const children: ChildProcess[] = []

test.after(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

function newFile(): string {
  return join(directory, `state-${files++}.sqlite`)
}

/** Starts a writer; `last` is the last write that it said was acknowledged. */
function startWriter(file: string, script: string, writes = 0) {
  const child = spawn(process.execPath, [WRITER, file, script, String(writes)], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  return { child, last: () => Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1) || -1) }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 60_000) throw new Error('nothing happened within a minute')
    await delay(5)
  }
}

function errorOf(work: () => unknown): { code?: string; message: string } {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  return { message: 'nothing was thrown' }
}

test('SIGKILL in the middle of writes loses no acknowledged write and leaves the file intact', async () => {
  const file = newFile()
  let expected = 0
  for (let round = 0; round < 6; round++) {
    const { child, last } = startWriter(file, `script-${round}`)
    await until(() => last() >= 20 + round * 23)
    child.kill('SIGKILL')
    await once(child, 'close')
    const acknowledged = last()
    expected += acknowledged + 1

    const gate = createGate({ bindings: [kv({ store: file })] })
    const call = callThrough(gate, { script: `script-${round}`, grant: { kv: true } })
    const count = Number(answerOf(await call('kv.get', 'count')))
    assert.ok(count === acknowledged + 1 || count === acknowledged + 2, `${count} after ${acknowledged}`)
    for (let index = Math.max(0, acknowledged - 499); index <= acknowledged; index++) {
      const stored = answerOf(await call('kv.get', `k${index % 500}`)) as { index: number; text: string }
      assert.ok(stored.index === index || stored.index === acknowledged + 1)
      assert.is(stored.text.length, (stored.index * 997) % 100_000)
    }
    const shared = Number(answerOf(await callThrough(gate, { script: 'shared', grant: { kv: true } })('kv.get', 'count')))
    assert.ok(shared >= expected && shared <= expected + round + 1)
    expected = shared
    await gate.close()
  }
  const database = new DatabaseSync(file)
  assert.is(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
  const sums = 'SELECT namespace, sum(bytes) AS bytes, count(*) AS keys FROM kv_entries GROUP BY namespace ORDER BY namespace'
  assert.equal(database.prepare('SELECT * FROM kv_usage ORDER BY namespace').all(), database.prepare(sums).all())
  database.close()
})

test('processes that share a file lose none of each other’s writes', async () => {
  const file = newFile()
  const writers = [startWriter(file, 'one', 300), startWriter(file, 'two', 300)]
  const ends = await Promise.all(writers.map(({ child }) => once(child, 'close')))
  assert.equal(
    ends.map(([code]) => code),
    [0, 0],
  )
  const gate = createGate({ bindings: [kv({ store: file })] })
  const countOf = async (script: string) => answerOf(await callThrough(gate, { script, grant: { kv: true } })('kv.get', 'count'))
  assert.equal([await countOf('one'), await countOf('two'), await countOf('shared')], [300, 300, 600])
  await gate.close()
})

test('two engines in one process share a file', async () => {
  const file = newFile()
  const gates = [createGate({ bindings: [kv({ store: file })] }), createGate({ bindings: [kv({ store: file })] })]
  const calls = gates.map((gate) => callThrough(gate, { grant: { kv: true } }))
  await Promise.all(Array.from({ length: 50 }, () => calls.map((call) => call('kv.increment', 'n'))).flat())
  for (const call of calls) assert.is(answerOf(await call('kv.get', 'n')), 100)
  await Promise.all(gates.map((gate) => gate.close()))
})

test('while another process holds the lock, a write waits without blocking the host', async () => {
  const file = newFile()
  const gate = createGate({ bindings: [kv({ store: file })] })
  const call = callThrough(gate, { grant: { kv: true } })
  await call('kv.set', 'a', 1)
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  const pending = call('kv.set', 'a', 2)
  let turns = 0
  while (turns < 5) turns += await delay(10, 1)
  assert.is(answerOf(await call('kv.get', 'a')), 1)
  other.exec('COMMIT')
  other.close()
  answerOf(await pending)
  assert.is(answerOf(await call('kv.get', 'a')), 2)
  await gate.close()
})

test('however many writes wait for another process, the host goes on computing', async () => {
  const file = newFile()
  const gate = createGate({ bindings: [kv({ store: file })] })
  const call = callThrough(gate, { grant: { kv: true } })
  await call('kv.set', 'a', 1)
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  const pending = Array.from({ length: 16 }, () => call('kv.increment', 'a'))
  let least = 1
  // What others do on a busy machine counts as time that was spent here: one quiet moment is enough.
  for (let looks = 0; looks < 5 && least >= 0.5; looks++) {
    const start = performance.eventLoopUtilization()
    await delay(600)
    least = Math.min(least, performance.eventLoopUtilization(start).utilization)
  }
  other.exec('COMMIT')
  other.close()
  for (const one of pending) answerOf(await one)
  assert.is(answerOf(await call('kv.get', 'a')), 17)
  assert.ok(least < 0.5, `${least} of the time was spent blocked`)
  await gate.close()
})

test('a file that another process locks when it is first used is waited for without blocking the host', async () => {
  const file = newFile()
  const gate = createGate({ bindings: [kv({ store: file })] })
  const other = new DatabaseSync(file)
  other.exec('BEGIN EXCLUSIVE')
  const pending = callThrough(gate, { grant: { kv: true } })('kv.set', 'a', 1)
  await delay(50)
  other.exec('COMMIT')
  other.close()
  answerOf(await pending)
  await gate.close()
})

test('a file that stays locked is refused at the start, after as long as opening may wait', () => {
  const file = newFile()
  writeFileSync(file, '')
  const other = new DatabaseSync(file)
  other.exec('BEGIN EXCLUSIVE')
  const start = performance.now()
  const error = errorOf(() => kv({ store: file }))
  const waited = performance.now() - start
  other.close()
  assert.is(error.code, 'KV_STORE_UNUSABLE')
  assert.match(error.message, /another process keeps it locked/)
  assert.ok(waited > 1_000 && waited < 30_000, `${waited} ms`)
})

test('the file is made when it is first used, not before', async () => {
  const file = newFile()
  const gate = createGate({ bindings: [kv({ store: file })] })
  assert.is(existsSync(file), false)
  await callThrough(gate, { grant: { kv: true } })('kv.set', 'a', 1)
  assert.is(existsSync(file), true)
  await gate.close()
})

test('what a closed engine wrote is there for the next', async () => {
  const file = newFile()
  for (let round = 1; round <= 3; round++) {
    const gate = createGate({ bindings: [kv({ store: file })] })
    assert.is(answerOf(await callThrough(gate, { grant: { kv: true } })('kv.increment', 'n')), round)
    await gate.close()
  }
})

test('a file of an earlier version keeps its entries, and can be watched', async () => {
  const file = newFile()
  const before = createGate({ bindings: [kv({ store: file })] })
  await callThrough(before, { grant: { kv: true } })('kv.set', 'old', 1)
  await before.close()
  const database = new DatabaseSync(file)
  database.exec('DROP TABLE kv_changes; DROP TABLE kv_feeds; PRAGMA user_version = 1')
  database.close()
  const after = createGate({ bindings: [kv({ store: file })] })
  const call = callThrough(after, { grant: { kv: true } })
  assert.is(answerOf(await call('kv.get', 'old')), 1)
  const { cursor } = answerOf(await call('kv.watch', { timeout: 0 })) as { cursor: string }
  await call('kv.set', 'new', 2)
  assert.equal(answerOf(await call('kv.watch', { since: cursor, timeout: 0 })), { changes: [{ key: 'new', value: 2 }], cursor: '1' })
  await after.close()
})

test('a file that cannot be used is refused at the start, with its path and the reason', () => {
  const text = newFile()
  writeFileSync(text, 'this is no database, but long enough to look at '.repeat(100))
  const other = newFile()
  const database = new DatabaseSync(other)
  database.exec('CREATE TABLE users (id INTEGER)')
  database.close()
  const folder = newFile()
  mkdirSync(folder)
  const cases: [string, RegExp][] = [
    [text, /it is not a SQLite database/],
    [other, /it is a database of something else/],
    [folder, /it cannot be opened/],
    [join(directory, 'missing', 'state.sqlite'), /its directory does not exist/],
  ]
  for (const [file, reason] of cases) {
    const error = errorOf(() => kv({ store: file }))
    assert.is(error.code, 'KV_STORE_UNUSABLE')
    assert.match(error.message, reason)
    assert.ok(error.message.includes(file))
  }
  assert.match(readFileSync(text, 'utf8'), /^this is no database/)
})

test('damage inside a file fails the call on the host, with a clear reason in the audit only', async () => {
  const file = newFile()
  const grant = { kv: true }
  const first = createGate({ bindings: [kv({ store: file })] })
  for (let index = 0; index < 50; index++) answerOf(await callThrough(first, { grant })('kv.set', `k${index}`, 'x'.repeat(3_000)))
  await first.close()
  const bytes = readFileSync(file)
  bytes.fill(0xa5, 4_096)
  writeFileSync(file, bytes)
  const errors: unknown[] = []
  const gate = createGate({ bindings: [kv({ store: file })], audit: ({ error }) => errors.push(error) })
  assert.is(codeOf(await callThrough(gate, { grant })('kv.get', 'k7')), 'HOST_FAILURE')
  assert.match(String(errors[0]), /the file is damaged/)
  await gate.close()
})

test.run()
