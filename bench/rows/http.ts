// What a script pays for a request, beside what the library beneath takes for it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, fetch } from 'undici'
import { standardBindings } from '../../bindings/index.ts'
import { createEngine, memoryStore } from '../../engine/index.ts'
import { ORDER } from '../event.ts'
import { expectOk } from '../expect-ok.ts'
import { pair } from '../measure.ts'
import type { Row } from '../row.ts'

const CALLS = 20

/** One awaited `http.fetch` of a JSON order after another, each read, against undici's own `fetch` over a connection that is kept, too. */
export const httpFetch: Row = {
  what: '`http.fetch` of an order on loopback from a script, `thread`, against `fetch` of bare undici',
  async measure() {
    const server = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ORDER)),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      return await measureAt(origin)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  },
}

async function measureAt(origin: string) {
  const script = `export default { needs: { http: true }, on: {
    async fetches(_, ctx) { let order; for (let i = 0; i < ${CALLS}; i++) order = await (await ctx.http.fetch('${origin}/')).json(); return order.items.length },
    none: (_, ctx) => 10,
  } }`
  const policy = { version: 1, defaults: { allow: { http: [origin] }, limits: { cpu: '1s' } } }
  const bindings = standardBindings({ kv: ':memory:' })
  await using engine = await createEngine({ scripts: memoryStore({ 'orders.ts': script }), bindings, policy, workers: 1 })
  const overhead = await pair(
    10,
    async (turns) => {
      for (let i = 0; i < turns; i++) expectOk(await engine.emit('fetches', null))
    },
    async (turns) => {
      for (let i = 0; i < turns; i++) expectOk(await engine.emit('none', null))
    },
  )
  const bare = await measureBare(origin)
  const call = (overhead.subject - overhead.baseline) / CALLS
  return { value: call / bare, unit: '×' as const, parts: { callMicroseconds: call, bareMicroseconds: bare } }
}

/** Microseconds for one request. */
async function measureBare(origin: string): Promise<number> {
  const dispatcher = new Agent({ connections: 1 })
  try {
    const get = async (turns: number): Promise<void> => {
      for (let i = 0; i < turns; i++) await (await fetch(`${origin}/`, { dispatcher })).json()
    }
    return (await pair(10 * CALLS, get, () => undefined)).subject
  } finally {
    await dispatcher.close()
  }
}
