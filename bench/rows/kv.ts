// What a script pays for an entry of kv, beside what the library beneath takes for it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { standardBindings } from '../../bindings/index.ts'
import { createEngine, memoryStore } from '../../engine/index.ts'
import { ORDER } from '../event.ts'
import { expectOk } from '../expect-ok.ts'
import { pair } from '../measure.ts'
import type { Row } from '../row.ts'

const CALLS = 50
const SCRIPT = `export default { needs: { kv: true }, on: {
  put: (order, ctx) => ctx.kv.set('order', order),
  async gets(_, ctx) { let order; for (let i = 0; i < ${CALLS}; i++) order = await ctx.kv.get('order'); return order.items.length },
  none: (_, ctx) => 10,
} }`

/** One awaited `kv.get` after another, against a prepared statement on a file of the same kind, whose text is parsed. */
export const kvGet: Row = {
  what: '`kv.get` of an order from a script, `thread`, against a prepared statement of the bare SQLite library',
  async measure() {
    const directory = mkdtempSync(join(tmpdir(), 'vivarium-bench-'))
    try {
      return await measureIn(directory)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },
}

async function measureIn(directory: string) {
  const policy = { version: 1, defaults: { allow: { kv: true }, limits: { cpu: '1s' } } }
  const bindings = standardBindings({ kv: join(directory, 'kv.sqlite') })
  await using engine = await createEngine({ scripts: memoryStore({ 'orders.ts': SCRIPT }), bindings, policy, workers: 1 })
  expectOk(await engine.emit('put', ORDER))
  const overhead = await pair(
    40,
    async (turns) => {
      for (let i = 0; i < turns; i++) expectOk(await engine.emit('gets', null))
    },
    async (turns) => {
      for (let i = 0; i < turns; i++) expectOk(await engine.emit('none', null))
    },
  )
  const bare = await measureBare(join(directory, 'bare.sqlite'))
  const call = (overhead.subject - overhead.baseline) / CALLS
  return { value: call / bare, unit: '×' as const, parts: { callMicroseconds: call, bareMicroseconds: bare } }
}

/** Microseconds for one entry. */
async function measureBare(path: string): Promise<number> {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE entries (namespace TEXT, key TEXT, value TEXT, PRIMARY KEY (namespace, key))')
    database.prepare('INSERT INTO entries VALUES (?, ?, ?)').run('["orders"]', 'order', JSON.stringify(ORDER))
    const get = database.prepare('SELECT value FROM entries WHERE namespace = ? AND key = ?')
    const read = (turns: number): void => {
      for (let i = 0; i < turns; i++) JSON.parse(String(get.get('["orders"]', 'order')?.['value']))
    }
    return (await pair(40 * CALLS, read, () => undefined)).subject
  } finally {
    database.close()
  }
}
