// A sandbox is a value: what is frozen here runs elsewhere, byte for byte the same, wherever here and elsewhere are.
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { makeBase } from '../../engine/sandbox/quickjs/base.ts'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { type Arrival, continueRun, endValue, type Luggage, loadImage, newSandbox, terms } from './image-traveller.ts'

const MOST_BASE_BYTES = 384 * 1024
const TRAVELLER = join(import.meta.dirname, 'image-traveller.ts')

const sandbox = newSandbox()
const cell = sandbox.createCell(DEFAULT_LIMITS.memoryBytes)
const image = loadImage(cell)
const luggage: Luggage = { image, waiting: freezeWaiting() }
const own = createHash('sha256').update(image.bytes).digest('hex')

/** Starts a run that waits for the host, and freezes it as it is. */
function freezeWaiting() {
  const waiting = sandbox.createCell(DEFAULT_LIMITS.memoryBytes)
  assert.is(waiting.start(image, terms('wait', 'the first word'), false), undefined, 'it waits')
  assert.equal(
    waiting.takeCalls().map(({ name }) => name),
    ['host.ask'],
  )
  return waiting.snapshot()
}

function expectArrival(arrival: Arrival): void {
  assert.is(arrival.baseHash, sandbox.baseHash)
  assert.is(arrival.own, own, 'the image of the same script is the same there')
  assert.equal(arrival.value, [
    { sum: 6, cached: [1, 2, 3], runs: 1 },
    [0, 'Thu Jan 01 1970 00:00:00 GMT+0000', '2026-11-22T12:00:00.000Z', '2026-01-01T12:00:00.000Z'],
  ])
  assert.equal(arrival.continued, { local: ['the first word', 'a'], reply: 'an answer from here', cached: 3 })
}

test('a run that was frozen in mid-await ends in another cell, as often as one likes', () => {
  const other = sandbox.createCell(DEFAULT_LIMITS.memoryBytes)
  for (const reply of ['one', 'two', 'three'])
    assert.equal(continueRun(other, luggage, reply), { local: ['the first word', 'a'], reply, cached: 3 })
  assert.equal(endValue(other.start(image, terms('sum', [5]), false)), { sum: 5, cached: [1, 2, 3], runs: 1 })
})

test('an image goes to a worker thread whose entry has another path', async () => {
  using directory = tempDirectory()
  const long = join(directory.path, 'an/entry/with/a/much/longer/path/than/that/of/the/process')
  mkdirSync(long, { recursive: true })
  const entry = join(long, 'entry.ts')
  writeFileSync(entry, `import ${JSON.stringify(TRAVELLER)}\n`)
  const worker = new Worker(entry, { workerData: luggage, argv: ['--some', 'argument'], env: { LANG: 'ja_JP.UTF-8' } })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  expectArrival(await new Promise<Arrival>((resolve, reject) => worker.once('message', resolve).once('error', reject)))
  await ended
})

for (const [zone, language, args] of [
  ['Pacific/Auckland', 'de_DE.UTF-8', []],
  ['America/St_Johns', 'tr_TR.UTF-8', ['with', 'many', 'other', 'arguments', 'x'.repeat(5_000)]],
] as const) {
  test(`an image goes to a process in ${zone} with the language ${language}`, async () => {
    const env = { PATH: process.env['PATH'], TZ: zone, LANG: language, LC_ALL: language, USER: 'someone-else', PADDING: 'y'.repeat(10_000) }
    const child: ChildProcess = fork(TRAVELLER, [...args], { env, serialization: 'advanced', execArgv: [] })
    const arrival = new Promise<Arrival>((resolve, reject) =>
      child.once('message', (message) => resolve(message as Arrival)).once('error', reject),
    )
    child.send(luggage)
    const arrived = await arrival
    expectArrival(arrived)
    assert.is(arrived.zone, zone)
  })
}

test('bases made one after the other are byte for byte the same, small, and know nothing of where they were made', () => {
  const bases = [makeBase(), makeBase()]
  for (const base of bases) assert.is(base.hash, sandbox.baseHash)
  const { image: baseImage } = bases[0] as (typeof bases)[0]
  const bytes = Buffer.from(baseImage.bytes)
  console.log(
    `# the base image has ${Math.round(bytes.length / 1024)} KiB, a small script's image ${Math.round(image.bytes.length / 1024)} KiB`,
  )
  assert.ok(bytes.length < MOST_BASE_BYTES, `${bytes.length} bytes`)
  for (const trace of [ROOT, process.execPath, process.argv[1] ?? ROOT, process.env['HOME'] ?? ROOT])
    assert.is(bytes.indexOf(trace), -1, 'no path of this machine is in it')
})

test('a build that is not the known one is refused', () => {
  using directory = tempDirectory()
  const { path } = directory
  for (const part of ['engine/sandbox', 'engine/errors', 'engine/model']) cpSync(join(ROOT, part), join(path, part), { recursive: true })
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(path, 'node_modules'))
  symlinkSync(join(ROOT, 'node_modules/lru-cache'), join(path, 'node_modules/lru-cache'))
  const wasm = join(path, 'engine/sandbox/quickjs/quickjs.wasm')
  const tampered = readFileSync(wasm)
  tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1
  writeFileSync(wasm, tampered)
  const program = `
    import { compileBuild } from ${JSON.stringify(join(path, 'engine/sandbox/quickjs/build.ts'))}
    try { compileBuild(); console.log('accepted') } catch (error) { console.log(error.code, error.message) }
  `
  const said = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', program], { encoding: 'utf8' })
  assert.match(said, /^QUICKJS_BUILD_UNKNOWN .*SHA-256.*install it again/)
})

test.run()
