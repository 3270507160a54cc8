// A process of its own that writes to a kv file and says on its output which writes were acknowledged. Arguments: file, script, writes (0 for endless).
import { createGate } from '../../bindings/gate.ts'
import { kv } from '../../bindings/kv.ts'
import { answerOf, callThrough } from './call-through.ts'

const [file = '', script = '', writes = '0'] = process.argv.slice(2)
const gate = createGate({ bindings: [kv({ store: file })] })
const call = callThrough(gate, { script, grant: { kv: { bytes: 1024 ** 3, keys: 1_000_000 } } })
const end = Number(writes) || Number.POSITIVE_INFINITY

for (let index = 0; index < end; index++) {
  answerOf(await call('kv.set', `k${index % 500}`, { index, text: 'x'.repeat((index * 997) % 100_000) }))
  answerOf(await call('kv.increment', 'count'))
  answerOf(await callThrough(gate, { script: 'shared', grant: { kv: true } })('kv.increment', 'count'))
  process.stdout.write(`${index}\n`)
}
await gate.close()
