// timeout: 300s
// Runs that wait in a child for their state, while images of other scripts push out those that were not used for longest.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { emitOne, expectStatus, openEngine } from '../harness/engines.ts'

const MIB = 1024 * 1024

/** A script whose image is as large as its data, which are part of it. */
function holding(bytes: number, fill: number, handlers: string): string {
  return `const data = new Uint8Array(${bytes}).fill(${fill})\nexport default { on: { ${handlers} } }`
}

test('a run that waits in a child begins in the image of its own script, whatever was loaded meanwhile', async () => {
  const wait = 'go: async (n) => { if (n > 1) return `own ${data[5]}`; await new Promise((r) => setTimeout(r, 4_000)); for (;;); }'
  const files: Record<string, string> = { 'victim.ts': holding(300 * 1024, 9, wait) }
  for (let i = 0; i < 6; i++) files[`large${i}.ts`] = holding(12 * MIB, 1, `large${i}: () => data[5]`)
  for (let i = 0; i < 6; i++) files[`small${i}.ts`] = holding(290 * 1024, 2, `small${i}: () => data[5], go: () => 'somebody else'`)
  const limits = { cpu: '1s', wall: '60s', loadCpu: '5s', memory: '32MiB' }
  const policy = { version: 1, defaults: { runtime: 'quickjs', placement: 'process', isolation: 'script', limits } }
  await using engine = await openEngine(files, { policy })
  const call = { script: 'victim' }
  const first = emitOne(engine, 'go', 1, call)
  const second = emitOne(engine, 'go', 2, call)
  for (let i = 0; i < 6; i++) expectStatus(await emitOne(engine, `large${i}`), 'ok')
  for (let i = 0; i < 6; i++) expectStatus(await emitOne(engine, `small${i}`), 'ok')
  expectStatus(await first, 'cpu_exceeded')
  const outcome = await second
  expectStatus(outcome, 'ok')
  assert.is(outcome.value, 'own 9')
})

test.run()
