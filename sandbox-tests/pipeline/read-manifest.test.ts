// Manifests, read from what the sandbox says of a default export.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import type { Json } from '../../engine/model/json.ts'
import { readManifest } from '../../engine/pipeline/read-manifest.ts'

const FUNCTION = { $: 'function' }

/** `CODE message (hint)` of a descriptor that is no manifest. */
function failure(descriptor: Json): string {
  try {
    readManifest('greet', descriptor)
  } catch (error) {
    if (isEngineError(error)) return `${error.code} ${error.message}${error.hint ? ` (${error.hint})` : ''}`
    throw error
  }
  return 'it is a manifest'
}

test('a bare function handles every event', () => {
  assert.equal(readManifest('greet', FUNCTION), { name: 'greet', needs: {}, handlers: [{ event: '*', priority: 0 }], every: [] })
})

test('an object declares name, needs, handlers and schedules', () => {
  const manifest = readManifest('greet', {
    name: 'Big orders 💥',
    needs: { http: ['hooks.example.com'], kv: true, secrets: ['HOOK_TOKEN'], mail: false, files: { read: ['a'], bytes: 10 } },
    on: {
      'order.created': FUNCTION,
      'order.price': { priority: 10, run: FUNCTION },
      other: { run: FUNCTION, priority: { $: 'undefined' } },
    },
    every: { '0 8 * * 1-5': FUNCTION, '*/10 0 8 * * MON,WED': FUNCTION },
  })
  assert.is(manifest.name, 'Big orders 💥')
  assert.equal(manifest.needs, { http: ['hooks.example.com'], kv: true, secrets: ['HOOK_TOKEN'], files: { read: ['a'], bytes: 10 } })
  assert.equal(manifest.handlers, [
    { event: 'order.created', priority: 0 },
    { event: 'order.price', priority: 10 },
    { event: 'other', priority: 0 },
  ])
  assert.equal(
    manifest.every.map(({ schedule }) => schedule),
    ['0 8 * * 1-5', '*/10 0 8 * * MON,WED'],
  )
})

test('parts that are undefined are parts that are not there', () => {
  const nothing = { $: 'undefined' }
  assert.equal(readManifest('greet', { name: nothing, needs: nothing, every: nothing, on: { a: FUNCTION } }).name, 'greet')
})

test('no default export, and one of the wrong kind, say so', () => {
  assert.match(failure({ $: 'undefined' }), /^MANIFEST_MISSING /)
  for (const [descriptor, got] of [
    [null, 'null'],
    [1, '1'],
    ['text', '"text"'],
    [[], 'a list'],
    [{ $: 'symbol' }, 'a symbol'],
    [{ $: 'cycle' }, 'a cycle'],
  ] as const) {
    assert.is(
      failure(descriptor),
      `MANIFEST_INVALID The default export is not a valid manifest: it must be a function or an object, not ${got}.`,
    )
  }
})

test('with its bundle, what is wrong is shown where the author wrote it', () => {
  const placeOf = (text: string, descriptor: Json, file = 'greet.ts'): string | undefined => {
    const bundle = {
      script: 'greet',
      sourceMap: JSON.stringify({ version: 3, sources: ['lib/a.ts', file], sourcesContent: ['', text], mappings: '' }),
    }
    try {
      readManifest('greet', descriptor, bundle)
    } catch (error) {
      if (!isEngineError(error)) throw error
      return error.place && `${error.place.file}:${error.place.line}:${error.place.column} ${error.place.frame?.match(/^> .*/m)?.[0]}`
    }
    return 'it is a manifest'
  }
  const text = `// nme: on: export default
const nme = { on: 1 }

export default {
  nme: 'x',
  needs: { kv: 'all' },
  on: {
    'issues.opened': { run: () => 1, priority: 1.5 },
    push: 5,
    go(event) {},
  },
}`
  assert.is(placeOf(text, { nme: 'x', on: { go: FUNCTION } }), "greet.ts:5:3 > 5 |   nme: 'x',")
  assert.is(placeOf(text, { on: { go: FUNCTION }, needs: { kv: 'all' } }), "greet.ts:6:12 > 6 |   needs: { kv: 'all' },")
  assert.match(placeOf(text, { on: { 'issues.opened': { run: FUNCTION, priority: 1.5 } } }) ?? '', /^greet\.ts:8:5 /)
  assert.match(placeOf(text, { on: { push: 5 } }, 'greet/index.js') ?? '', /^greet\/index\.js:9:5 /)
  assert.match(placeOf(text, { on: {} }) ?? '', /^greet\.ts:7:3 /)
  assert.match(placeOf(text, { on: { computed: 5 } }) ?? '', /^greet\.ts:4:1 /)
  assert.match(placeOf(text, 7) ?? '', /^greet\.ts:4:1 /)
  assert.match(placeOf('const script = {\n  on: { push: 5 },\n}\n\nexport default script', { on: { push: 5 } }) ?? '', /^greet\.ts:2:9 /)
  assert.match(placeOf('module.exports = { on: { "*": 5 } }', { on: { '*': 5 } }, 'greet.js') ?? '', /^greet\.js:1:26 /)
  assert.is(placeOf('export * from "./lib/a.ts"', { on: { push: 5 } }), undefined)
  assert.throws(() => readManifest('greet', 7, { script: 'greet', sourceMap: 'no map' }), /not a valid manifest/)
})

test('a script that handles nothing says so', () => {
  for (const descriptor of [{}, { name: 'a' }, { on: {} }, { on: {}, every: {} }, { needs: { kv: true } }]) {
    assert.match(failure(descriptor), '"on" must be an object with at least one handler', JSON.stringify(descriptor))
  }
})

test('unknown keys are errors that suggest the known one', () => {
  assert.match(
    failure({ nmae: 'a', on: { a: FUNCTION } }),
    /each key of it must be one of "name", "needs", "on", "every", "mode", "max", not "nmae"\. \(Did you mean "name"\?\)/,
  )
  assert.match(
    failure({ on: { a: { run: FUNCTION, prority: 1 } } }),
    /each key of on\["a"\] must be one of "priority", "run", not "prority"\. \(Did you mean "priority"\?\)/,
  )
  assert.match(failure(JSON.parse('{ "__proto__": {}, "on": {} }')), /not "__proto__"/)
})

test('each part says what it must be', () => {
  const handlers = (on: Json) => failure({ on })
  const cases: readonly [string, RegExp][] = [
    [failure({ name: '', on: { a: FUNCTION } }), /"name" must be text of 1 to 100/],
    [failure({ name: 'a\u001Bb', on: { a: FUNCTION } }), /"name" must be text .* not "a b"/],
    [failure({ name: 'x'.repeat(101), on: { a: FUNCTION } }), /"name" must be text/],
    [failure({ name: 5, on: { a: FUNCTION } }), /"name" must be text .* not 5/],
    [handlers([]), /"on" must be an object: event name → handler, not a list/],
    [handlers(FUNCTION), /"on" must be an object: event name → handler, not a function/],
    [handlers({ a: 1 }), /on\["a"\] must be a function, or { priority, run }, not 1/],
    [handlers({ a: { $: 'undefined' } }), /on\["a"\] must be a function, or .*, not undefined/],
    [handlers({ a: { priority: 1 } }), /on\["a"\]\.run must be a function, not missing/],
    [handlers({ '': FUNCTION }), /on\[""\] must be named with 1 to 100/],
    [handlers({ ['x'.repeat(101)]: FUNCTION }), /must be named with 1 to 100/],
    [failure({ every: { '* * *': FUNCTION } }), /every\["\* \* \*"\] must be named by an interval like "5m" or a cron expression/],
    [failure({ every: { '': FUNCTION } }), /every\[""\] must be named/],
    [failure({ every: { '* * * * ;': FUNCTION } }), /cron expression/],
    [failure({ every: { [`${'*'.repeat(100)} * * * *`]: FUNCTION } }), /every\["\*+.*must be named/],
    [failure({ every: { '* * * * *': 1 } }), /every\["\* \* \* \* \*"\] must be a function/],
    [failure({ needs: ['kv'], on: { a: FUNCTION } }), /"needs" must be an object/],
    [failure({ needs: { http: 'a.example' }, on: { a: FUNCTION } }), /needs\["http"\] must be .*\(write \["a\.example"\]\)/],
    [failure({ needs: { http: FUNCTION }, on: { a: FUNCTION } }), /needs\["http"\] must be plain data.*not a function/],
    [
      failure({ needs: { http: { hosts: [1, { $: 'bigint' }] } }, on: { a: FUNCTION } }),
      /needs\["http"\]\.hosts\[1\] must be plain data.*not a bigint/,
    ],
    [failure({ needs: { http: null }, on: { a: FUNCTION } }), /plain data.*not null/],
  ]
  for (const [message, expected] of cases) assert.match(message, expected)
  for (const priority of [1.5, 1_001, -1_001, '1', null, true])
    assert.match(handlers({ a: { priority, run: FUNCTION } }), /on\["a"\]\.priority must be a whole number from -1000 to 1000/)
})

test('there is a bound to how much a script can declare', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`e${index}`, FUNCTION]))
  assert.is(readManifest('greet', { on: many(100) }).handlers.length, 100)
  assert.match(failure({ on: many(101) }), /"on" must be an object with at most 100 entries, not one with 101/)
  let deep: Json = true
  for (let i = 0; i < 20; i++) deep = { a: deep }
  assert.match(failure({ needs: { http: deep }, on: { a: FUNCTION } }), /nested at most 8 levels/)
})

test('names of built-in properties are names like any other', () => {
  const descriptor = JSON.parse(
    '{ "needs": { "__proto__": { "polluted": true }, "constructor": true }, "on": { "__proto__": { "$": "function" }, "constructor": { "$": "function" }, "toString": { "$": "function" } } }',
  )
  const manifest = readManifest('greet', descriptor)
  assert.equal(
    manifest.handlers.map(({ event }) => event),
    ['__proto__', 'constructor', 'toString'],
  )
  assert.equal(Object.keys(manifest.needs), ['__proto__', 'constructor'])
  assert.is(Object.getPrototypeOf(manifest.needs), Object.prototype)
  assert.is(Reflect.get({}, 'polluted'), undefined)
})

test('whatever the sandbox says, it is a manifest or an engine error', () => {
  const part = fc.oneof(fc.jsonValue() as fc.Arbitrary<Json>, fc.constantFrom<Json>(FUNCTION, { $: 'undefined' }, { $: 'other' }, {}))
  const table = fc.dictionary(fc.string(), part, { maxKeys: 5 })
  const descriptor = fc.oneof(part, fc.record({ name: part, needs: table, on: table, every: table }, { requiredKeys: [] }))
  fc.assert(
    fc.property(descriptor, (value) => {
      assert.type(failure(JSON.parse(JSON.stringify(value))), 'string')
    }),
    { numRuns: 1_000 },
  )
})

test.run()
