// `vivarium run` over many payloads: order, back-pressure, readers that leave, writers that break off, signals.
// timeout: 600s
import { once } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'
import { startVivarium, vivarium } from './vivarium.ts'

const SCRIPT = `export default { on: { go: async (event: { n: number; wait?: number }) => {
  if (event.wait !== undefined) await new Promise((resolve) => setTimeout(resolve, event.wait))
  return event.n
} } }`

const MANY = 1_000
const lines = Array.from({ length: MANY }, (_, n) => `{"n":${n}}\n`)

function directoryWithScript(files: { readonly [path: string]: string } = {}): TempDirectory {
  return tempDirectory({ 'script.ts': SCRIPT, ...files })
}

/** The values of the first outcomes, line by line. */
function valuesOf(stdout: string): unknown[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).outcomes[0].value]))
}

test('a thousand lines give a thousand lines, in their order', async () => {
  using directory = directoryWithScript({ 'many.ndjson': lines.join('') })
  const { code, stdout, stderr } = await vivarium(['run', 'go', '--json', '--data', 'many.ndjson'], { cwd: directory.path })
  assert.is(code, 0, stderr)
  assert.equal(
    valuesOf(stdout),
    lines.map((_, n) => n),
  )
})

test('output has the order of the input whatever takes how long; empty lines and CRLF are nothing', async () => {
  using directory = directoryWithScript()
  const input = '{"n":1,"wait":300}\r\n\r\n{"n":2}\r\n   \n{"n":3,"wait":50}'
  const { code, stdout, stderr } = await vivarium(['run', 'go', '--json'], { cwd: directory.path, input })
  assert.is(code, 0, stderr)
  assert.equal(valuesOf(stdout), [1, 2, 3])
})

test('for people, a table says at the end what came of it', async () => {
  using directory = directoryWithScript()
  const { stdout } = await vivarium(['run', 'go'], { cwd: directory.path, input: lines.slice(0, 3).join('') })
  assert.match(stdout, 'script on go, line 3: ok')
  assert.match(stdout, /\n3 events, 3 runs\nscript +runs +ok .*\nscript +3 +3 /)
})

test('each payload is answered as it comes, while the input stays open', async () => {
  using directory = directoryWithScript()
  const { child, end } = startVivarium(['run', 'go', '--json', '--data', '-'], { cwd: directory.path })
  for (const n of [1, 2, 3]) {
    child.stdin.write(`{"n":${n}}\n`)
    const [text] = await once(child.stdout, 'data')
    assert.equal(valuesOf(String(text)), [n])
  }
  child.stdin.end()
  assert.is((await end).code, 0)
})

test('with --concurrency 1, a payload waits for the one before it', async () => {
  using directory = tempDirectory({
    'count.js': `export default { needs: { kv: true }, on: { async go(n, ctx) {
      const seen = (await ctx.kv.get('seen')) ?? []
      await ctx.kv.set('seen', [...seen, n])
      return seen.length
    } } }`,
    'policy.yaml': 'version: 1\ndefaults: { allow: { kv: true } }\n',
  })
  const input = Array.from({ length: 20 }, (_, n) => `${n}\n`).join('')
  const { stdout } = await vivarium(['run', 'go', '--json', '--concurrency', '1'], { cwd: directory.path, input })
  assert.equal(
    valuesOf(stdout),
    Array.from({ length: 20 }, (_, n) => n),
  )
})

test('an input that breaks off inside a line ends with its place, after what came before it', async () => {
  using directory = directoryWithScript()
  const { code, stdout, stderr } = await vivarium(['run', 'go', '--json'], { cwd: directory.path, input: '{"n":1}\n{"n":2}\n{"n":' })
  assert.is(code, 2)
  assert.equal(valuesOf(stdout), [1, 2])
  assert.match(stderr, '"file":"standard input","line":3')
})

test('a reader that leaves ends the command quietly', async () => {
  using directory = directoryWithScript()
  const { child, end } = startVivarium(['run', 'go', '--json'], { cwd: directory.path })
  child.stdin.write(lines.join(''))
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stdin.end(lines.join(''))
  const { code, stderr } = await end
  assert.is(code, 0)
  assert.is(stderr, '')
})

test('a reader that leaves ends it also while its input stays open', async () => {
  using directory = directoryWithScript()
  const { child, end } = startVivarium(['run', 'go', '--json'], { cwd: directory.path })
  child.stdin.write('{"n":1}\n')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const more = setInterval(() => child.stdin.write('{"n":2}\n'), 50)
  const { code, stderr } = await end.finally(() => clearInterval(more))
  assert.is(code, 0)
  assert.is(stderr, '')
})

test('Ctrl+C cancels what is under way, and ends with 130', async () => {
  using directory = directoryWithScript({ 'policy.yaml': 'version: 1\ndefaults: { limits: { wall: 200s } }\n' })
  const { child, end } = startVivarium(['run', 'go', '--json'], { cwd: directory.path })
  child.stdin.write('{"n":1}\n{"n":2,"wait":150000}\n')
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const { code, stdout, stderr } = await end
  assert.is(code, 130, stderr)
  const statuses = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).outcomes[0].status)
  assert.equal(statuses, ['ok', 'cancelled'])
})

test('SIGTERM ends it in order too, with 143, also while it waits for its input', async () => {
  using directory = directoryWithScript()
  const { child, end } = startVivarium(['run', 'go', '--json'], { cwd: directory.path })
  child.stdin.write('{"n":1}\n')
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  assert.is((await end).code, 143)
})

test('an input that stays silent is told', async () => {
  using directory = directoryWithScript()
  const { child, end } = startVivarium(['run', 'go'], { cwd: directory.path })
  const [text] = await once(child.stderr, 'data')
  assert.match(String(text), 'Waiting for payloads on standard input; --data FILE reads a file.')
  child.stdin.end('{"n":7}')
  assert.match((await end).stdout, '  value  7')
})

test.run()
