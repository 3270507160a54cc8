import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type PolicyReading, policyFromObject, readPolicy } from '../../engine/policy/load.ts'
import { resolvePolicy } from '../../engine/policy/resolve.ts'
import { engineErrorOf } from './errors.ts'
import { surfaces } from './surfaces.ts'

const MiB = 1024 ** 2
const read = (text: string): PolicyReading => readPolicy({ text, file: 'policy.yaml' }, surfaces)
const fill = (part: string, length: number): string => part.repeat(Math.floor(length / part.length))

/** Reads what must be refused, and holds its errors to: bounded number, size, a place, no time lost. */
function refuse(text: string, message: RegExp): void {
  const started = performance.now()
  const reading = read(text)
  assert.ok(performance.now() - started < 10_000, 'took too long')
  assert.not.ok(reading.ok, 'was accepted')
  if (reading.ok) return
  assert.ok(reading.errors.length <= 20)
  for (const error of reading.errors) {
    assert.ok(error.message.length < 1_000 && (error.place?.frame?.length ?? 0) < 1_500, 'the error is too large')
    assert.ok((error.place?.line ?? 0) >= 1 && (error.place?.column ?? 0) >= 1)
  }
  assert.match(reading.errors[0]?.message ?? '', message)
}

const bomb = (levels: number): string =>
  [
    'version: 1',
    'x:',
    '  - &a0 [1,1,1,1,1,1,1,1,1,1]',
    ...Array.from({ length: levels }, (_, i) => `  - &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`),
  ].join('\n')

const table: readonly (readonly [title: string, text: string, message: RegExp])[] = [
  ['an alias bomb', bomb(30), /more than 100000 values/],
  ['a hundred thousand aliases', `x: &a [1,2,3]\ny: [${fill('*a,', 90_000)}]`, /more than 100000 values/],
  ['an alias of itself', 'x: &a [*a]', /the alias "a" contains itself/],
  ['an alias of nothing', 'x: *a', /alias/],
  ['a file over 1 MiB', `version: 1\n#${fill('x', MiB)}`, /larger than 1048576 bytes/],
  ['a file over 1 MiB in bytes, not in letters', `version: 1\n#${fill('é', MiB * 0.6)}`, /larger than 1048576 bytes/],
  ['a file of commas', `[${fill(',', MiB - 10)}`, /more than 100000 tokens/],
  ['deep lists', fill('[', 99_000), /too deeply/],
  ['deep mappings', fill('{a: ', 30_000), /too deeply/],
  ['deep blocks', Array.from({ length: 1_200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /too deeply|deeper than 32 levels/],
  ['forty levels under allow', `version: 1\ndefaults: { allow: { http: ${fill('[', 40)}${fill(']', 40)} } }`, /deeper than 32 levels/],
  ['a key of half a megabyte', `? ${fill('k', MiB / 2)}\n: [1, 2, 3]`, /longer than 512 characters/],
  ['ten thousand unknown keys', Array.from({ length: 10_000 }, (_, i) => `key${i}: 1`).join('\n'), /version: is missing/],
  ['a thousand anchors on one node', fill('&a ', 9_000), /anchor/],
  ['a line of half a megabyte', `version: 1\ndefaults: { runtime: "${fill('x', MiB / 2)}" }`, /must be "quickjs" or "v8", not "x{60}…"/],
  [
    'a YAML 1.1 directive that would turn on merge keys',
    '%YAML 1.1\n---\nversion: 1\ndefaults:\n  <<: { runtime: v8 }',
    /"<<": is not a setting/,
  ],
  ['a huge number', 'version: 1\ndefaults: { limits: { hostCalls: 1e400 } }', /cannot be Infinity/],
  ['a number of many digits', `version: 1\ndefaults: { limits: { cpu: ${fill('9', 5_000)}ms } }`, /write a duration/],
  ['a key that is a list', '? [a]\n: 1', /keys must be strings/],
  ['NUL bytes', 'version: 1\n\0: 1', /./],
]

for (const [title, text, message] of table) {
  test(`${title} is refused with a small error`, () => refuse(text, message))
}

test('__proto__ keys are reported as unknown and change nothing', () => {
  for (const text of [
    'version: 1\n__proto__: { polluted: yes }',
    'version: 1\ndefaults: { __proto__: { polluted: yes } }',
    'version: 1\ndefaults: { allow: { __proto__: true } }',
    'version: 1\ndefaults: { allow: { kv: { bytes: 1, __proto__: { polluted: yes } } } }',
    'version: 1\nscripts: { __proto__: { runtime: v8 } }',
    'version: 1\nceilings: { "__proto__": 1 }',
  ]) {
    refuse(text, /__proto__/)
  }
  engineErrorOf(() => policyFromObject(JSON.parse('{ "version": 1, "__proto__": { "polluted": true } }'), surfaces))
  assert.is(Reflect.get({}, 'polluted'), undefined)
})

test('names that objects inherit are unknown keys like any other', () => {
  for (const key of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    refuse(`version: 1\n${key}: 1`, /is not a part of a policy/)
    refuse(`version: 1\nceilings: { ${key}: 1ms }`, /is not a limit/)
    refuse(`version: 1\ndefaults: { allow: { ${key}: true } }`, /is not a binding/)
  }
})

test('a script that is named like an inherited property gets the defaults', () => {
  const revision = policyFromObject({ version: 1, defaults: { onError: 'stop' } }, surfaces)
  for (const script of ['constructor', '__proto__', 'toString']) assert.is(resolvePolicy(revision, script).onError, 'stop')
})

test('a policy object that is too deep or too large is refused', () => {
  let deep: unknown = 1
  for (let level = 0; level < 10_000; level++) deep = [deep]
  const large = Array.from({ length: 200_000 }, () => null)
  for (const http of [deep, large]) {
    assert.is(engineErrorOf(() => policyFromObject({ version: 1, defaults: { allow: { http } } }, surfaces)).code, 'POLICY_INVALID')
  }
})

test('whatever the text, the answer is a revision or errors with a place', () => {
  const words = fc.constantFrom(
    'version: 1',
    'defaults:',
    'limits:',
    '  cpu: 50ms',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ': ',
    '&a ',
    '*a',
    '"',
    "'",
    '|',
    '\n',
    '\n  ',
    '\t',
    '#',
    '%',
    '!',
    '<<',
    '? ',
    '---',
    '\u2028',
    '\r',
    '0x1',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(words).map((parts) => parts.join('')),
      ),
      (text) => {
        const reading = read(text)
        if (reading.ok) return
        for (const { code, place } of reading.errors) {
          assert.ok(['POLICY_SYNTAX', 'POLICY_INVALID', 'LIMIT_INVALID'].includes(code))
          assert.ok((place?.line ?? 0) >= 1 && (place?.column ?? 0) >= 1)
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('whatever the object, the answer is a revision or an engine error', () => {
  fc.assert(
    fc.property(
      fc.object({
        key: fc.constantFrom('version', 'defaults', 'limits', 'cpu', 'scripts', 'allow', 'http', '__proto__', 'x'),
        maxDepth: 5,
      }),
      (value) => {
        try {
          policyFromObject({ version: 1, ...value }, surfaces)
        } catch {
          engineErrorOf(() => policyFromObject({ version: 1, ...value }, surfaces))
        }
      },
    ),
    { numRuns: 200 },
  )
})

test.run()
