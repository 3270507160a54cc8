// What a script gets: needs ∩ policy.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { BindingSurface } from '../../engine/model/host-call.ts'
import type { Json } from '../../engine/model/json.ts'
import { grantPermissions, type Permissions } from '../../engine/pipeline/grant-permissions.ts'
import { narrow } from '../../engine/pipeline/narrow-grant.ts'

function surface(name: string, methods: readonly string[], readAllow?: BindingSurface['readAllow']): BindingSurface {
  return { name, description: name, methods, readAllow: readAllow ?? ((written) => ({ ok: true, value: written as Json })) }
}

/** Reads a size as the real binding does: text in, bytes out, with a default for what is not written. */
const readKv: BindingSurface['readAllow'] = (written) => {
  const { bytes = 1_000, keys = 10, ...others } = (written === true ? {} : written) as { bytes?: number | string; keys?: number }
  if (Object.keys(others).length > 0) return { ok: false, message: 'unknown key', path: [] }
  return { ok: true, value: { bytes: typeof bytes === 'string' ? Number.parseInt(bytes, 10) * 1_024 : bytes, keys } }
}

const SURFACES = [
  surface('http', ['get', 'post']),
  surface('kv', ['get', 'set'], readKv),
  surface('mail', ['send']),
  surface('log', ['info']),
]

function grant(needs: { readonly [name: string]: Json }, allow: { readonly [name: string]: Json }): Permissions {
  return grantPermissions({ script: 'greet', needs, allow, surfaces: SURFACES })
}

test('true asks for all that policy gives', () => {
  const {
    grant: granted,
    shape,
    denied,
    warnings,
  } = grant({ http: true, kv: true }, { http: ['a.example'], kv: { bytes: 500, keys: 5 }, mail: true })
  assert.equal(granted, { http: ['a.example'], kv: { bytes: 500, keys: 5 } })
  assert.equal(shape, { bindings: { http: ['get', 'post'], kv: ['get', 'set'] }, log: true })
  assert.equal([denied, warnings], [[], []])
})

test('nothing is granted that is not asked for', () => {
  assert.equal(grant({}, { http: true, kv: true }), { grant: {}, shape: { bindings: {}, log: true }, denied: [], warnings: [] })
})

test('lists meet in their common members, and what is lost is told', () => {
  const { grant: granted, denied, warnings } = grant({ http: ['a.example', 'b.example'] }, { http: ['b.example', 'c.example'] })
  assert.equal(granted, { http: ['b.example'] })
  assert.equal(denied, [])
  assert.equal(warnings, ['"greet" asks for http: "a.example", which the policy does not grant; ctx.http does without it.'])
})

test('a need that policy does not grant at all is denied, with the line that would grant it', () => {
  for (const allow of [{}, { http: false }, { http: ['c.example'] }, { http: [] }]) {
    const { grant: granted, shape, denied } = grant({ http: ['a.example'] }, allow)
    assert.equal([granted, shape.bindings], [{}, {}])
    assert.equal(denied, [
      {
        need: 'http',
        policyLine: 'allow: { http: ["a.example"] }',
        advice: 'The policy\'s entry for "greet" would have to say: allow: { http: ["a.example"] }',
      },
    ])
    assert.equal(parse(denied[0]?.policyLine ?? ''), { allow: { http: ['a.example'] } })
  }
})

test('objects meet key by key: the smaller number counts, and quotas of policy stay', () => {
  assert.equal(grant({ kv: { bytes: 200 } }, { kv: { bytes: 500, keys: 5 } }).grant, { kv: { bytes: 200, keys: 5 } })
  const more = grant({ kv: { bytes: 900, keys: 3 } }, { kv: { bytes: 500, keys: 5 } })
  assert.equal(more.grant, { kv: { bytes: 500, keys: 3 } })
  assert.match(more.warnings[0] ?? '', 'bytes 900')
})

test('a need is read as policy is: sizes as text mean the same', () => {
  assert.equal(grant({ kv: { bytes: '1KiB' } }, { kv: { bytes: 5_000, keys: 500 } }).grant, { kv: { bytes: 1_024, keys: 500 } })
  const surfaces = [
    surface('files', ['read'], (written) => ({
      ok: true,
      value: Array.isArray(written) ? { folders: written, bytes: 1 } : (written as Json),
    })),
  ]
  const listed = grantPermissions({
    script: 'greet',
    needs: { files: ['a', 'b'] },
    allow: { files: { folders: ['a'], bytes: 9 } },
    surfaces,
  })
  assert.equal(listed.grant, { files: { folders: ['a'], bytes: 1 } })
})

test('an allowance of true gives what is asked for', () => {
  assert.equal(grant({ http: ['a.example'] }, { http: true }).grant, { http: ['a.example'] })
  assert.equal(grant({ http: true }, { http: true }).grant, { http: true })
})

test('a need that a binding does not understand gives no more than policy does', () => {
  const { grant: granted, warnings } = grant({ kv: { bites: 5 } }, { kv: { bytes: 500, keys: 5 } })
  assert.equal([granted, warnings.length], [{}, 0])
  const throwing = [surface('kv', ['get'], () => assert.unreachable() as never)]
  const read = grantPermissions({ script: 'greet', needs: { kv: { bytes: 5 } }, allow: { kv: { bytes: 9 } }, surfaces: throwing })
  assert.equal(read.grant, { kv: { bytes: 5 } })
})

test('a binding that there is not is denied, with a suggestion and no line', () => {
  const { denied } = grant({ htp: true }, { htp: true })
  const advice = 'There is no binding "htp". Did you mean "http"?'
  assert.equal(denied, [{ need: 'htp', policyLine: `# ${advice}`, advice }])
  assert.is(parse(denied[0]?.policyLine ?? ''), null)
})

test('log is for everyone, unless policy takes it away', () => {
  assert.equal(grant({ log: true }, { log: true }), { grant: {}, shape: { bindings: {}, log: true }, denied: [], warnings: [] })
  assert.equal(grant({ log: true }, { log: false }), { grant: {}, shape: { bindings: {}, log: false }, denied: [], warnings: [] })
})

test('names of built-in properties grant nothing', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const needs = JSON.parse(`{ ${JSON.stringify(name)}: true }`)
    const { grant: granted, denied } = grant(needs, {})
    assert.equal([Object.keys(granted), denied.length], [[], 1], name)
  }
})

test('a need cannot write more than one line into the policy', () => {
  const { denied } = grant({ http: ['a\n"]}\nallow: { kv: true }'] }, {})
  assert.is(denied[0]?.policyLine.split('\n').length, 1)
  assert.equal(parse(denied[0]?.policyLine ?? ''), { allow: { http: ['a\n"]}\nallow: { kv: true }'] } })
})

test('what comes out is never more than either side', () => {
  const leaf = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.boolean(), fc.constantFrom('a', 'b'), fc.subarray(['a', 'b', 'c']))
  const value: fc.Arbitrary<Json> = fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y', 'z'), leaf))
  fc.assert(
    fc.property(value, value, (need, allow) => {
      const { value: granted, isGiven, lost } = narrow(need, allow)
      if (isGiven) assert.ok(isWithin(granted, allow), `${JSON.stringify(granted)} of ${JSON.stringify(allow)}`)
      assert.ok(isGiven || lost.length > 0)
    }),
    { numRuns: 2_000 },
  )
})

/** Whether a grant gives nothing that `allow` does not. */
function isWithin(granted: Json, allow: Json): boolean {
  if (granted === false || allow === true || JSON.stringify(granted) === JSON.stringify(allow)) return true
  if (typeof granted === 'number' && typeof allow === 'number') return granted <= allow
  if (Array.isArray(granted) && Array.isArray(allow)) return granted.every((member) => allow.includes(member))
  if (typeof granted !== 'object' || typeof allow !== 'object' || granted === null || allow === null) return false
  return Object.entries(granted).every(
    ([key, value]) => Object.hasOwn(allow, key) && isWithin(value, (allow as { [key: string]: Json })[key] ?? null),
  )
}

test('the advice on a need is never something that policy would refuse', () => {
  const picky: BindingSurface['readAllow'] = (written) => {
    if (written === true) return { ok: false, message: 'name the hosts: [a.example]', path: [] }
    return Array.isArray(written) ? { ok: true, value: written } : { ok: false, message: 'must be a list', path: ['hosts'] }
  }
  const ask = (need: Json) =>
    grantPermissions({ script: 'greet', needs: { web: need }, allow: {}, surfaces: [surface('web', ['get'], picky)] }).denied[0]
  const whole = `The policy's entry for "greet" would have to allow web: name the hosts: [a.example]`
  assert.equal(ask(true), { need: 'web', policyLine: `# ${whole}`, advice: whole })
  const misshapen = '"greet" asks for something that web does not have: needs.web.hosts: must be a list'
  assert.equal(ask({ hosts: 5 }), { need: 'web', policyLine: `# ${misshapen}`, advice: misshapen })
  assert.is(ask(['b.example'])?.policyLine, 'allow: { web: ["b.example"] }')
})

test.run()
