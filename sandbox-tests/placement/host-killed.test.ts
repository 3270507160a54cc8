// timeout: 300s
// A host that is gone leaves no child behind: killed without a word, with idle children, with children that compute and hear nothing, or ended as it should.
import { type ChildProcess, spawn } from 'node:child_process'
import { test } from 'uvu'
import { skip, until } from '../harness/engines.ts'
import { childrenOf, factsOf, runnersOf, TELLS } from './children.ts'

const PROGRAM = `
import { createEngine, memoryStore } from ${JSON.stringify(new URL('../../engine/index.ts', import.meta.url).href)}
const [, runtime, how] = process.argv
const engine = await createEngine({
  scripts: memoryStore({
    'ping.ts': 'export default { on: { ping: () => "pong" } }',
    'spin.ts': 'export default { on: { spin: () => { for (;;); } } }',
    'hang.ts': 'export default { on: { hang: () => new Array(1e9).fill(0).length } }',
  }),
  workers: 1,
  policy: { version: 1, ceilings: { cpu: '10s' }, defaults: { runtime, placement: 'process', limits: { cpu: '10s', wall: '60s' } } },
})
await engine.emit('ping')
if (how === 'busy') { engine.emit('spin'); engine.emit('hang') }
console.log('ready')
if (how === 'ends') process.exit()
if (how !== 'idle-ends') setInterval(() => undefined, 1_000)
`

async function startHost(runtime: string, how: string): Promise<ChildProcess> {
  const host = spawn(process.execPath, ['--input-type=module-typescript', '-e', PROGRAM, '--', runtime, how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  host.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await until(() => said.includes('ready'), 'the host is ready')
  return host
}

function hostTest(title: string, act: () => Promise<void>): void {
  if (TELLS) test(title, act)
  else test(title, () => skip(title, 'only Linux tells which processes there are'))
}

for (const [runtime, how] of [
  ['quickjs', 'idle'],
  ['quickjs', 'busy'],
  ['v8', 'idle'],
  ['v8', 'busy'],
] as const) {
  hostTest(`${runtime}: a host that is killed takes its children with it (${how})`, async () => {
    const host = await startHost(runtime, how)
    const pid = host.pid as number
    await until(() => runnersOf(pid).length >= 1, 'there are runners')
    await new Promise((resolve) => setTimeout(resolve, 300)) // those that are busy have begun, most likely
    const children = childrenOf(pid).map((child) => child.pid)
    host.kill('SIGKILL')
    await until(() => children.every((child) => factsOf(child) === undefined), `the end of ${children.length} children`)
  })
}

hostTest('a host that ends without closing its engine takes its children with it', async () => {
  for (const how of ['ends', 'idle-ends']) {
    const host = await startHost('quickjs', how)
    const children = host.exitCode === null ? childrenOf(host.pid as number).map((child) => child.pid) : []
    await until(() => host.exitCode === 0, 'an idle engine keeps nobody')
    await until(() => children.every((child) => factsOf(child) === undefined), `the end of ${children.length} children`)
  }
})

hostTest('a guardian that is killed is replaced: the host’s end still is that of its children', async () => {
  const host = await startHost('quickjs', 'busy')
  const pid = host.pid as number
  const guardian = (): number | undefined => childrenOf(pid).find(({ command }) => /vivarium-guardian/.test(command))?.pid
  await until(() => guardian() !== undefined, 'a guardian')
  const first = guardian()
  process.kill(first as number, 'SIGKILL')
  await until(() => guardian() !== undefined && guardian() !== first, 'another guardian')
  const children = childrenOf(pid).map((child) => child.pid)
  host.kill('SIGKILL')
  await until(() => children.every((child) => factsOf(child) === undefined), 'the end of the children')
})

test.run()
