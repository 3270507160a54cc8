import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_LIMITS, LIMIT_NAMES, LIMITS, type LimitName } from '../../engine/model/limits.ts'
import { formatLimit } from '../../engine/policy/limit-value.ts'
import { loadPolicy, policyFromObject } from '../../engine/policy/load.ts'
import { type EffectivePolicy, lowerLimits, resolvePolicy } from '../../engine/policy/resolve.ts'
import { engineErrorOf } from './errors.ts'
import { surfaces } from './surfaces.ts'

const resolve = (policy: object, script = 'greet'): EffectivePolicy =>
  resolvePolicy(policyFromObject({ version: 1, ...policy }, surfaces), script)

test('a policy that says nothing gives the built-in defaults', () => {
  const effective = resolve({})
  assert.equal(
    { ...effective, allow: { ...effective.allow } },
    {
      runtime: 'quickjs',
      placement: 'thread',
      fallback: 'none',
      jit: true,
      isolation: 'event',
      limits: DEFAULT_LIMITS,
      concurrency: { max: 64, mode: 'parallel', queue: 1_000 },
      schedule: { least: '1s', max: 20, timeZone: 'UTC' },
      allow: { log: true },
      packages: [],
      onError: 'skip',
      typeCheck: 'off',
      fault: undefined,
    },
  )
})

test('later entries win, setting by setting', () => {
  const policy = {
    defaults: { isolation: 'script', onError: 'stop', limits: { cpu: '20ms', wall: '1s' } },
    scripts: { 'a/**': { limits: { cpu: '30ms' }, onError: 'skip' }, 'a/b': { limits: { cpu: '40ms' } }, c: { limits: { cpu: '90ms' } } },
  }
  const effective = resolve(policy, 'a/b')
  assert.equal([effective.limits.cpuMs, effective.limits.wallMs, effective.isolation, effective.onError], [40, 1000, 'script', 'skip'])
  assert.is(resolve(policy, 'x').limits.cpuMs, 20)
})

test('allow merges binding by binding: a value is replaced whole, false takes it away', () => {
  const policy = {
    defaults: { allow: { http: ['a', 'b'], kv: true } },
    scripts: { 's/*': { allow: { http: ['c'] } }, 's/quiet': { allow: { kv: false, log: false } } },
  }
  assert.equal({ ...resolve(policy, 's/x').allow }, { log: true, http: ['c'], kv: { bytes: 1000 } })
  assert.equal({ ...resolve(policy, 's/quiet').allow }, { http: ['c'] })
})

test('a later entry can give back what an earlier one took away', () => {
  const policy = { scripts: { '**': { allow: { http: false } }, trusted: { allow: { http: true } } } }
  assert.equal(Object.keys(resolve(policy, 'trusted').allow), ['log', 'http'])
  assert.equal(Object.keys(resolve(policy, 'other').allow), ['log'])
})

test('no name that objects inherit is allowed', () => {
  const { allow } = resolve({})
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) assert.is(allow[name], undefined)
})

test('a later list of packages replaces an earlier one', () => {
  const policy = { defaults: { packages: ['a', 'b', 'a'] }, scripts: { x: { packages: ['c'] }, y: { packages: [] } } }
  assert.equal([resolve(policy, 'z').packages, resolve(policy, 'x').packages, resolve(policy, 'y').packages], [['a', 'b'], ['c'], []])
})

test('v8 gets processes of its own, whatever was chosen further up for other scripts', () => {
  assert.is(resolve({ defaults: { runtime: 'v8' } }).placement, 'process')
  assert.is(resolve({ defaults: { placement: 'process' } }).placement, 'process')
  const mixed = { defaults: { placement: 'thread' }, scripts: { 'fast/*': { runtime: 'v8' }, '*/x': { isolation: 'script' } } }
  assert.equal([resolve(mixed, 'fast/a').placement, resolve(mixed, 'fast/x').placement], ['process', 'process'])
  assert.is(resolve(mixed, 'fast/a').fault, undefined)
  assert.is(resolve(mixed, 'slow/a').placement, 'thread')
})

test('v8 in a thread is refused where it is written in so many words', () => {
  const message = /cannot be "thread" for the runtime "v8": .*write "process", or remove the line$/
  const refused: readonly (readonly [policy: object, path: string])[] = [
    [{ defaults: { runtime: 'v8', placement: 'thread' } }, 'defaults.placement'],
    [{ scripts: { a: { runtime: 'v8', placement: 'thread' } } }, 'scripts.a.placement'],
    [{ defaults: { runtime: 'v8' }, scripts: { 'a/*': { placement: 'thread' } } }, 'scripts."a/*".placement'],
  ]
  for (const [policy, path] of refused) {
    const error = engineErrorOf(() => resolve(policy))
    assert.is(error.code, 'POLICY_INVALID')
    assert.ok(error.message.includes(` at ${path}: `), error.message)
    assert.match(error.message, message)
  }
})

test('v8 in a thread is refused for the script in which two entries meet, and for no other', () => {
  const text = "version: 1\nscripts:\n  'a/*': { runtime: v8 }\n  '*/x': { placement: thread }\n  a/x/y: {}\n"
  const revision = loadPolicy({ text, file: 'policy.yaml' }, surfaces)
  const { fault } = resolvePolicy(revision, 'a/x')
  assert.is(fault?.code, 'POLICY_INVALID')
  assert.equal([fault?.place?.file, fault?.place?.line, fault?.place?.column], ['policy.yaml', 4, 23])
  assert.match(fault?.place?.frame ?? '', "> 4 |   '*/x': { placement: thread }")
  for (const script of ['a/b', 'b/x']) assert.is(resolvePolicy(revision, script).fault, undefined)
  const settled = { scripts: { 'a/*': { runtime: 'v8' }, '*/x': { placement: 'thread' }, 'a/x': { runtime: 'quickjs' } } }
  assert.equal([resolve(settled, 'a/x').fault, resolve(settled, 'a/x').placement], [undefined, 'thread'])
})

test('fallback and jit are settings like any other', () => {
  const policy = { defaults: { fallback: 'quickjs', jit: false }, scripts: { a: { fallback: 'none', jit: true } } }
  assert.equal([resolve(policy, 'x').fallback, resolve(policy, 'x').jit], ['quickjs', false])
  assert.equal([resolve(policy, 'a').fallback, resolve(policy, 'a').jit], ['none', true])
})

test('the same revision and script give the same frozen object', () => {
  const revision = policyFromObject({ version: 1 }, surfaces)
  const effective = resolvePolicy(revision, 'a')
  assert.is(resolvePolicy(revision, 'a'), effective)
  for (const part of [effective, effective.limits, effective.allow, effective.concurrency, effective.packages])
    assert.ok(Object.isFrozen(part))
})

test('ceilings clamp everything, the built-in defaults too', () => {
  assert.is(resolve({ ceilings: { cpu: '10ms' } }).limits.cpuMs, 10)
  assert.is(resolve({ ceilings: { cpu: '1s' }, scripts: { greet: { limits: { cpu: '2s' } } } }).limits.cpuMs, 1_000)
  assert.is(resolve({ defaults: { limits: { cpu: '15s' } } }).limits.cpuMs, LIMITS.cpu.ceiling)
})

const limitValue = (name: LimitName): fc.Arbitrary<number> => fc.integer({ min: LIMITS[name].floor, max: LIMITS[name].ceiling * 2 })
const written = (name: LimitName, value: number): string | number => (LIMITS[name].unit === 'count' ? value : formatLimit(name, value))
const writtenLimits = (values: ReadonlyMap<LimitName, number>): object =>
  Object.fromEntries([...values].map(([name, value]) => [name, written(name, value)]))
const someLimits = fc
  .subarray([...LIMIT_NAMES])
  .chain((names) => fc.tuple(...names.map((name) => limitValue(name).map((value) => [name, value] as const))))
  .map((entries) => new Map<LimitName, number>(entries))
/** Globs with the ids they match, so that the model needs no glob of its own. */
const MATCHES: { readonly [glob: string]: readonly string[] } = {
  '**': ['a', 'b/c', 'b/d'],
  'b/*': ['b/c', 'b/d'],
  'b/c': ['b/c'],
  a: ['a'],
}

test('precedence and ceilings agree with the obvious model', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.constantFrom(...Object.keys(MATCHES)), someLimits), {
    selector: ([glob]) => glob,
  })
  fc.assert(
    fc.property(
      someLimits,
      someLimits,
      entries,
      fc.constantFrom('a', 'b/c', 'b/d', 'elsewhere/e'),
      (ceilings, defaults, scripts, script) => {
        const capped = new Map([...ceilings].map(([name, value]) => [name, Math.min(value, LIMITS[name].ceiling)]))
        const policy = {
          ceilings: writtenLimits(capped),
          defaults: { limits: writtenLimits(defaults) },
          scripts: Object.fromEntries(scripts.map(([glob, limits]) => [glob, { limits: writtenLimits(limits) }])),
        }
        const { limits } = resolve(policy, script)
        for (const name of LIMIT_NAMES) {
          let expected: number = defaults.get(name) ?? LIMITS[name].default
          for (const [glob, values] of scripts)
            if (glob === '**' || MATCHES[glob]?.includes(script)) expected = values.get(name) ?? expected
          expected = Math.min(expected, capped.get(name) ?? Number.POSITIVE_INFINITY, LIMITS[name].ceiling)
          assert.is(limits[LIMITS[name].field], expected, name)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a call lowers limits and never raises one', () => {
  fc.assert(
    fc.property(someLimits, someLimits, (policy, perCall) => {
      const { limits } = resolve({ defaults: { limits: writtenLimits(policy) } })
      const lowered = lowerLimits(limits, writtenLimits(perCall))
      for (const name of LIMIT_NAMES) {
        const { field } = LIMITS[name]
        assert.is(lowered[field], Math.min(limits[field], perCall.get(name) ?? limits[field]))
      }
    }),
    { numRuns: 60 },
  )
})

test('a call without limits gets the very same object', () => {
  assert.is(lowerLimits(DEFAULT_LIMITS, {}), DEFAULT_LIMITS)
  assert.is(lowerLimits(DEFAULT_LIMITS, { cpu: undefined }), DEFAULT_LIMITS)
})

test('nonsense in the limits of a call is a LIMIT_INVALID that says what to write', () => {
  const lower = (perCall: object) => engineErrorOf(() => lowerLimits(DEFAULT_LIMITS, perCall))
  for (const [perCall, message] of [
    [{ wall: 1000 }, /"wall" cannot be 1000; write the missing unit \(ms, s or m\) too, like "1s"/],
    [{ wall: 'soon' }, /"wall" cannot be "soon"; write a duration/],
    [{ hostCalls: -1 }, /"hostCalls" cannot be -1; write a whole number/],
    [{ hostCalls: Number.NaN }, /NaN/],
    [{ cpu: '0ms' }, /"cpu" cannot be 0ms; write at least 1ms/],
    [{ memory: null }, /"memory" cannot be nothing/],
    [{ cpuu: '1ms' }, /"cpuu" cannot be set for a call, because there is no such limit; write one of "cpu"/],
    [{ constructor: '1ms' }, /no such limit/],
    [JSON.parse('{"__proto__":"1ms"}'), /no such limit/],
  ] as const) {
    const error = lower(perCall as object)
    assert.is(error.code, 'LIMIT_INVALID')
    assert.match(error.message, message)
  }
  assert.is(lower({ cpuu: '1ms' }).hint, 'Did you mean "cpu"?')
})

test.run()
