// timeout: 300s
// A loader that somebody ends: the script that it was loading has done nothing wrong.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openEngine, PATIENT, skip, until } from '../harness/engines.ts'
import { runnersOf, TELLS } from './children.ts'

test('a script whose loader is killed from outside is loaded by the next one', async () => {
  if (!TELLS) return skip('kills from outside', 'only Linux tells which processes there are')
  const ends: string[] = []
  const policy = { version: 1, defaults: { ...PATIENT.defaults, placement: 'process' } }
  const opening = openEngine(
    { 'slow.ts': 'let x = 0; for (let i = 0; i < 2e7; i++) x += i; export default { on: { go: () => x } }' },
    { policy, workers: 1, observer: { runner: ({ kind, role }) => void ends.push(`${role} ${kind}`) } },
  )
  await until(() => ends.includes('loader started'), 'the loader')
  for (const { pid } of runnersOf()) process.kill(pid, 'SIGKILL')
  await using engine = await opening
  assert.equal(
    engine.scripts().map(({ status }) => status),
    ['ready'],
  )
  assert.ok(ends.includes('loader lost'))
})

test.run()
