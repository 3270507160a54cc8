import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMIT_NAMES, LIMITS } from '../../engine/model/limits.ts'
import { policyJsonSchema } from '../../engine/policy/json-schema.ts'
import { formatLimit } from '../../engine/policy/limit-value.ts'
import { policyFromObject } from '../../engine/policy/load.ts'
import { surfaces } from './surfaces.ts'

type Schema = { readonly [keyword: string]: unknown }

const schema = policyJsonSchema(surfaces)
const at = (...path: readonly string[]): Schema => path.reduce<Schema>((from, key) => from[key] as Schema, schema)
const KNOWN = new Set([
  '$schema',
  'title',
  'description',
  'examples',
  'type',
  'const',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'maxItems',
  'items',
  'properties',
  'required',
  'additionalProperties',
  'propertyNames',
])

/** The keywords that a policy's schema uses, and no others: an unknown one fails the test. */
function accepts(rule: Schema, value: unknown): boolean {
  for (const keyword of Object.keys(rule)) assert.ok(KNOWN.has(keyword), `the test does not know the keyword ${keyword}`)
  const {
    type,
    const: only,
    enum: words,
    pattern,
    minimum,
    maximum,
    maxItems,
    items,
    properties = {},
    required = [],
    additionalProperties,
  } = rule
  if ('const' in rule && value !== only) return false
  if (Array.isArray(words) && !words.includes(value)) return false
  if (type === 'boolean') return typeof value === 'boolean'
  if (type === 'string') return typeof value === 'string' && new RegExp(String(pattern ?? ''), 'u').test(value)
  if (type === 'integer') return Number.isInteger(value) && Number(value) >= Number(minimum) && Number(value) <= Number(maximum)
  if (type === 'array')
    return Array.isArray(value) && value.length <= Number(maxItems) && value.every((item) => accepts(items as Schema, item))
  if (type !== 'object') return true
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (!(required as string[]).every((key) => key in value)) return false
  return Object.entries(value).every(([key, inner]) => {
    const rest = additionalProperties ?? {}
    const found = Object.hasOwn(properties as object, key) ? (properties as { [key: string]: Schema })[key] : rest
    return found !== false && accepts(found as Schema, inner)
  })
}

test('the schema names every limit, twice, with unit, default and range', () => {
  for (const limits of [at('properties', 'ceilings'), at('properties', 'defaults', 'properties', 'limits')]) {
    assert.equal(Object.keys(limits['properties'] as object), [...LIMIT_NAMES])
    for (const name of LIMIT_NAMES) {
      const described = (limits['properties'] as { readonly [name: string]: Schema })[name]
      assert.match(String(described?.['description']), formatLimit(name, LIMITS[name].default))
      assert.is(described?.['type'], LIMITS[name].unit === 'count' ? 'integer' : 'string')
    }
  }
})

test('the schema names every binding with its description', () => {
  const allow = at('properties', 'defaults', 'properties', 'allow')
  assert.equal(Object.keys(allow['properties'] as object).sort(), ['http', 'kv', 'log', 'schedule'])
  assert.is(at('properties', 'defaults', 'properties', 'allow', 'properties', 'http')['description'], 'HTTP requests to listed hosts.')
})

test('every part and every setting has a description', () => {
  for (const key of ['version', 'ceilings', 'defaults', 'scripts']) assert.type(at('properties', key)['description'], 'string')
  const settings = at('properties', 'defaults', 'properties')
  for (const key of Object.keys(settings)) assert.type((settings[key] as Schema)['description'], 'string', key)
})

test('the schema is plain JSON', () => {
  assert.equal(JSON.parse(JSON.stringify(schema)), schema)
})

const isLoaded = (policy: unknown): boolean => {
  try {
    policyFromObject(policy, surfaces)
    return true
  } catch {
    return false
  }
}

test('the schema accepts what the policy accepts', () => {
  for (const policy of [
    { version: 1 },
    { version: 1, ceilings: { cpu: '1.5s', memory: '64MiB', hostCalls: 7 }, defaults: {}, scripts: {} },
    {
      version: 1,
      defaults: {
        runtime: 'v8',
        placement: 'process',
        fallback: 'quickjs',
        jit: false,
        isolation: 'script',
        onError: 'stop',
        concurrency: { max: 4 },
        packages: ['a'],
      },
    },
    { version: 1, scripts: { 'a/**': { limits: { wall: '1m' }, allow: { http: ['a'], kv: false, log: true } } } },
  ]) {
    assert.ok(isLoaded(policy), JSON.stringify(policy))
    assert.ok(accepts(schema, policy), JSON.stringify(policy))
  }
})

test('the schema refuses what an editor can see is wrong', () => {
  for (const policy of [
    {},
    { version: 2 },
    { version: 1, script: {} },
    { version: 1, ceilings: { cpu: 50 } },
    { version: 1, ceilings: { memory: '16MB' } },
    { version: 1, defaults: { placement: 'inline' } },
    { version: 1, defaults: { fallback: 'v8' } },
    { version: 1, defaults: { jit: 'no' } },
    { version: 1, defaults: { budgets: {} } },
    { version: 1, defaults: { concurrency: { max: 0 } } },
    { version: 1, defaults: { limits: { hostCalls: '5' } } },
    { version: 1, scripts: { a: { allow: { htpp: true } } } },
    { version: 1, scripts: { a: { allow: { log: 'x' } } } },
    { version: 1, scripts: [] },
  ]) {
    assert.not.ok(isLoaded(policy), JSON.stringify(policy))
    assert.not.ok(accepts(schema, policy), JSON.stringify(policy))
  }
})

test.run()
