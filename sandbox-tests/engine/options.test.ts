// What createEngine takes, what it refuses, and who is told of what happens.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { type CreateEngineOptions, createEngine, defineBinding, memoryStore, type Outcome } from '../../engine/index.ts'
import { makeDoor } from '../harness/door.ts'
import { emitOne, expectStatus, openEngine, PATIENT } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const REFUSED: { readonly [what: string]: readonly [options: unknown, sentence: RegExp] } = {
  'no object': [7, /the options must be an object, not 7/],
  null: [null, /must be an object, not null/],
  'an unknown option': [{ polcy: 'x' }, /no option "polcy"\. Did you mean "policy"\?/],
  scripts: [{ scripts: 5 }, /"scripts" must be a directory's path or a script store/],
  'scripts without methods': [{ scripts: { list: () => [] } }, /"scripts"/],
  policy: [{ policy: 5 }, /"policy" must be a file's path or an object/],
  'policy null': [{ policy: null }, /"policy"/],
  events: [{ events: 'order' }, /"events" must be what defineEvents returns/],
  'an event that is none': [{ events: { order: null } }, /the event "order" must be an object/],
  'a kind that is none': [{ events: { order: { kind: 'evnt' } } }, /of kind "evnt"/],
  'a schema that is none': [{ events: { order: { payload: { type: 'object' } } } }, /no Standard Schema/],
  'a filter without a schema': [{ events: { price: { kind: 'filter' } } }, /the filter "price" needs a "payload" schema/],
  'a decision without an answer': [{ events: { ok: { kind: 'decision' } } }, /the decision "ok" needs an "answer" schema/],
  workers: [{ workers: 0 }, /"workers" must be a whole number from 1 to 64, not 0/],
  'workers too many': [{ workers: 65 }, /"workers"/],
  'half a worker': [{ workers: 1.5 }, /"workers"/],
  placement: [{ placement: 'cloud' }, /"placement" must be "thread", "process" or "inline", not "cloud"/],
  watch: [{ watch: 'yes' }, /"watch" must be true or false/],
  logger: [{ logger: { info: () => undefined } }, /"logger" must have the methods/],
  clock: [{ clock: 5 }, /"clock" must be a function/],
  random: [{ random: 'seed' }, /"random" must be a function/],
  imageCache: [{ imageCache: 'much' }, /"imageCache" cannot be/],
  'imageCache below zero': [{ imageCache: -1 }, /"imageCache"/],
  bundleCache: [{ bundleCache: true }, /"bundleCache" must be a directory's path or false/],
  observer: [{ observer: 'me' }, /"observer" must be an object/],
  bindings: [{ bindings: { kv: {} } }, /"bindings" must be an array/],
  'a binding that is none': [{ bindings: [{ name: 'mail' }] }, /"bindings"/],
  audit: [{ audit: {} }, /"audit" must be a function/],
}

for (const [what, [options, sentence]] of Object.entries(REFUSED))
  test(`refused: ${what}`, async () => {
    const error = await rejectionOf(createEngine(options as CreateEngineOptions))
    assert.is(error.code, 'OPTIONS_INVALID')
    assert.match(error.message, /^createEngine: /)
    assert.match(error.message, sentence)
  })

test('without options there is an engine that evaluates', async () => {
  await using engine = await createEngine()
  assert.equal(engine.scripts(), [])
  assert.equal(await engine.emit('anything', 1), { outcomes: [] })
  assert.is((await engine.evaluate('export default () => 7')).value, 7)
})

test('a directory that is missing, an invalid policy, a binding twice: what is wrong is thrown, and nothing stays open', async () => {
  assert.is((await rejectionOf(createEngine({ scripts: '/nowhere/at/all' }))).code, 'SCRIPTS_DIRECTORY_MISSING')
  assert.is((await rejectionOf(createEngine({ policy: '/nowhere/policy.yaml' }))).code, 'POLICY_UNREADABLE')
  assert.is((await rejectionOf(createEngine({ policy: { version: 2 } }))).code, 'POLICY_INVALID')
  assert.is((await rejectionOf(createEngine({ policy: { version: 1, defaults: { limits: { cpu: 50 } } } }))).code, 'LIMIT_INVALID')
  const mail = () => defineBinding('mail', { send: { input: z.tuple([]), output: z.void(), handler: () => undefined } })
  assert.is((await rejectionOf(createEngine({ bindings: [mail(), mail()] }))).code, 'BINDING_DUPLICATE')
})

test("clock and random are the script's only ones: with both fixed, runs repeat", async () => {
  const script = 'export default { on: { go: async () => [Date.now(), Math.random(), crypto.randomUUID(), performance.now()] } }'
  const open = () => {
    let byte = 0
    return openEngine({ 'a.ts': script }, { clock: () => 1_000_000, random: (n) => Uint8Array.from({ length: n }, () => byte++ & 255) })
  }
  await using a = await open()
  await using b = await open()
  const [first, again] = [(await emitOne(a, 'go')).value, (await emitOne(b, 'go')).value]
  assert.equal(first, again)
  assert.is((first as number[])[0], 1_000_000)
  assert.not.equal((await emitOne(a, 'go')).value, first, 'each run has a seed of its own')
})

test('listeners, observers, loggers and audits that throw harm nobody, and all the others are told', async () => {
  const logged: string[] = []
  const throws = (): never => {
    throw new Error('a listener of the host')
  }
  const told: Outcome[] = []
  const ping = defineBinding('ping', { pong: { input: z.tuple([]), output: z.string(), handler: () => 'pong' } })
  await using engine = await openEngine(
    { 'a.ts': 'export default { needs: { ping: true }, on: { go: (n, ctx) => ctx.ping.pong() } }' },
    {
      bindings: [ping],
      policy: { version: 1, defaults: { ...PATIENT.defaults, allow: { ping: true } } },
      observer: { run: throws, hostCall: throws, runner: throws },
      audit: throws,
      logger: {
        debug: throws,
        info: throws,
        warn: throws,
        error: (_fields, message) => {
          logged.push(message)
          throws()
        },
      },
    },
  )
  engine.on('run', throws)
  const stop = engine.on('run', (outcome) => told.push(outcome))
  assert.is((await emitOne(engine, 'go')).value, 'pong')
  assert.is(told.length, 1)
  stop()
  assert.is((await emitOne(engine, 'go')).value, 'pong')
  assert.is(told.length, 1, 'a listener that was taken away is told nothing')
  assert.ok(logged.includes('a listener threw') && logged.includes('an observer threw'), logged.join(', '))
})

test('the order in which outcomes are told is the order in which runs end; each is told once', async () => {
  const told: string[] = []
  const door = makeDoor()
  const run = ({ script }: { readonly script: string }): void => {
    told.push(script)
    if (script === 'fast') door.open(1)
  }
  await using engine = await openEngine(
    {
      'fast.ts': 'export default { on: { go: () => 1 } }',
      'slow.ts': 'export default { needs: { door: true }, on: { go: { priority: 5, run: (_, ctx) => ctx.door.pass(1) } } }',
    },
    { observer: { run }, bindings: [door.binding], policy: { version: 1, defaults: { ...PATIENT.defaults, allow: { door: true } } } },
  )
  const { outcomes } = await engine.emit('go', 1)
  assert.equal(told, ['fast', 'slow'])
  assert.equal(
    outcomes.map(({ script }) => script),
    ['slow', 'fast'],
  )
})

test('images that do not fit the cache are made again, with right results', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 6 }, (_, i) => [
      `s${i}.ts`,
      `const table = Array.from({ length: 2000 }, (_, n) => n * ${i})\nexport default { on: { go: (n) => table[n] } }`,
    ]),
  )
  for (const imageCache of [0, '64KiB', '1MiB']) {
    await using engine = await openEngine(files, { imageCache, workers: 2 })
    for (let round = 1; round <= 4; round++) {
      const rounds = await Promise.all(Array.from({ length: 4 }, () => engine.emit('go', round)))
      for (const { outcomes } of rounds) {
        assert.equal(
          outcomes.map(({ value }) => value),
          [0, 1, 2, 3, 4, 5].map((i) => i * round),
          `imageCache ${imageCache}, round ${round}: ${JSON.stringify(outcomes.find(({ error }) => error)?.error)}`,
        )
      }
    }
  }
})

test('bundles are kept between starts: the second start makes none', async () => {
  using directory = tempDirectory({ 'a.ts': 'export default { on: { go: (n: number): number => n + 1 } }' })
  const cache = join(directory.path, '.vivarium', 'bundles')
  {
    await using engine = await createEngine({ scripts: directory.path, workers: 1 })
    assert.is((await emitOne(engine, 'go', 1)).value, 2)
  }
  const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(cache, path)).isFile())
  assert.ok(files.length > 0)
  const stamp = (): number[] => files.map((path) => statSync(join(cache, path)).size)
  const before = stamp()
  {
    await using engine = await createEngine({ scripts: directory.path, workers: 1 })
    assert.is((await emitOne(engine, 'go', 1)).value, 2)
    assert.equal(
      engine.scripts().map(({ id }) => id),
      ['a'],
      'the cache holds no scripts',
    )
  }
  assert.equal(stamp(), before)
  using plain = tempDirectory({ 'a.ts': 'export default () => 1' })
  await using engine = await createEngine({ scripts: plain.path, bundleCache: false })
  expectStatus(await emitOne(engine, 'go'), 'ok')
  assert.equal(readdirSync(plain.path), ['a.ts'], 'nothing is written where nothing may be kept')
})

test('a script that needs what policy does not grant is listed as denied, with the line to add', async () => {
  const mail = defineBinding('mail', { send: { input: z.tuple([]), output: z.void(), handler: () => undefined } })
  await using engine = await openEngine(
    { 'a.ts': 'export default { needs: { mail: true }, on: { go: () => 1 } }' },
    { bindings: [mail], scripts: memoryStore({ 'a.ts': 'export default { needs: { mail: true }, on: { go: () => 1 } }' }) },
  )
  const [script] = engine.scripts()
  assert.is(script?.status, 'denied')
  assert.is(script?.denied[0]?.need, 'mail')
  const outcome = await emitOne(engine, 'go')
  expectStatus(outcome, 'denied', 'PERMISSION_DENIED')
  assert.match(outcome.error?.hint ?? '', /mail/)
})

test.run()
