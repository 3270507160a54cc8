import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BindingSurface } from '../../engine/model/host-call.ts'
import { loadPolicy, policyFromObject, readPolicy } from '../../engine/policy/load.ts'
import type { PolicyRevision } from '../../engine/policy/policy-revision.ts'
import { engineErrorOf } from './errors.ts'
import { surfaces } from './surfaces.ts'

const load = (text: string): PolicyRevision => loadPolicy({ text, file: 'policy.yaml' }, surfaces)

const FULL = `version: 1
ceilings: { cpu: 500ms, memory: 128MiB, wall: 30s }
defaults:
  runtime: quickjs
  placement: thread
  isolation: event
  limits: { cpu: 50ms, memory: 16MiB, hostCalls: 20 }
  concurrency: { max: 4 }
  allow: { log: true }
  packages: [date-fns, '@scope/name']
  onError: stop
scripts:
  'reports/**': { runtime: v8, limits: { cpu: 200ms }, allow: { http: ['Hooks.Example.com'], kv: { bytes: 9 } } }
  '12': { allow: { http: false } }
  '7': {}
`

test('a whole policy becomes a revision in plain numbers', () => {
  const revision = load(FULL)
  assert.is(revision.revision, 1)
  assert.is(revision.source, 'policy.yaml')
  assert.match(revision.hash, /^[0-9a-f]{64}$/)
  assert.equal({ ...revision.ceilings }, { cpu: 500, wall: 30_000, memory: 128 * 1024 ** 2 })
  assert.equal({ ...revision.defaults.limits }, { cpu: 50, memory: 16 * 1024 ** 2, hostCalls: 20 })
  assert.equal(revision.defaults.packages, ['date-fns', '@scope/name'])
  assert.is(revision.defaults.onError, 'stop')
  assert.equal({ ...revision.scripts[0]?.settings.allow }, { http: ['hooks.example.com'], kv: { bytes: 9 } })
})

test('globs keep the order of the file, also those that look like numbers', () => {
  assert.equal(
    load(FULL).scripts.map(({ glob }) => glob),
    ['reports/**', '12', '7'],
  )
})

test('a revision cannot be changed, and its maps have no prototype', () => {
  const revision = load(FULL)
  const isDeeplyFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen))
  assert.ok(isDeeplyFrozen(revision))
  assert.is(Object.getPrototypeOf(revision.lines), null)
  assert.is(Object.getPrototypeOf(revision.defaults.allow), null)
})

test('every setting remembers its line', () => {
  const { lines } = load(FULL)
  assert.is(lines['ceilings.cpu'], 2)
  assert.is(lines['defaults.limits.cpu'], 7)
  assert.is(lines['defaults.concurrency.max'], 8)
  assert.is(lines['scripts."reports/**".allow.http'], 13)
})

test('the smallest policy is its version', () => {
  assert.equal(load('version: 1').scripts, [])
})

test('anchors and aliases work where they stay small', () => {
  const revision = load('version: 1\ndefaults:\n  limits: &small { cpu: 10ms }\nscripts:\n  a: { limits: *small }\n')
  assert.is(revision.scripts[0]?.settings.limits?.cpu, 10)
  assert.is(revision.lines['scripts.a.limits'], 5)
})

const faults: readonly (readonly [title: string, yaml: string, code: string, line: number, column: number, message: RegExp])[] = [
  ['a missing version', 'defaults: {}', 'POLICY_INVALID', 1, 1, /version: is missing; write "version: 1"/],
  ['another version', 'version: 2', 'POLICY_INVALID', 1, 10, /must be 1.*not 2/],
  ['a version in quotes', "version: '1'", 'POLICY_INVALID', 1, 10, /not "1"/],
  [
    'a missing unit',
    'version: 1\ndefaults:\n  limits:\n    cpu: 50',
    'LIMIT_INVALID',
    4,
    10,
    /"defaults.limits.cpu" cannot be 50; write the missing unit/,
  ],
  ['MB', 'version: 1\nceilings: { memory: 16MB }', 'LIMIT_INVALID', 2, 21, /write MiB/],
  ['a negative count', 'version: 1\ndefaults: { limits: { hostCalls: -1 } }', 'LIMIT_INVALID', 2, 34, /-1; write a whole number/],
  ['NaN', 'version: 1\ndefaults: { limits: { timers: .nan } }', 'LIMIT_INVALID', 2, 31, /NaN/],
  ['a value below the floor', 'version: 1\ndefaults: { limits: { memory: 1KiB } }', 'LIMIT_INVALID', 2, 31, /1KiB; write at least 256KiB/],
  ['a ceiling above the built-in one', 'version: 1\nceilings: { cpu: 1m }', 'LIMIT_INVALID', 2, 18, /1m; write at most 10s/],
  ['an unknown part', 'version: 1\nscript: {}', 'POLICY_INVALID', 2, 1, /at script: .*Did you mean "scripts"/],
  ['an unknown setting', 'version: 1\ndefaults:\n  limts: {}', 'POLICY_INVALID', 3, 3, /Did you mean "limits"/],
  [
    'a setting beside "defaults"',
    'version: 1\ntypeCheck: enforce',
    'POLICY_INVALID',
    2,
    1,
    /typeCheck: is not a part of a policy: it is a setting; write it under "defaults", or a script under "scripts"$/,
  ],
  [
    'a limit beside "defaults"',
    'version: 1\ncpu: 1ms',
    'POLICY_INVALID',
    2,
    1,
    /a limit; write it under "limits" of "defaults", or a script/,
  ],
  ['a limit among settings', 'version: 1\ndefaults: { cpu: 1ms }', 'POLICY_INVALID', 2, 13, /is a limit; write it under "limits"$/],
  ['a binding among settings', 'version: 1\ndefaults: { kv: true }', 'POLICY_INVALID', 2, 13, /is a binding; write it under "allow"$/],
  ['an unknown limit', 'version: 1\ndefaults: { limits: { cpuu: 1ms } }', 'POLICY_INVALID', 2, 23, /Did you mean "cpu"/],
  [
    'an unknown binding',
    'version: 1\ndefaults: { allow: { htpp: true } }',
    'POLICY_INVALID',
    2,
    22,
    /not a binding of this engine. Did you mean "http"/,
  ],
  ['an unknown runtime', 'version: 1\ndefaults: { runtime: deno }', 'POLICY_INVALID', 2, 22, /must be "quickjs" or "v8", not "deno"/],
  [
    'v8 in a thread',
    'version: 1\nscripts:\n  "a/*":\n    runtime: v8\n    placement: thread',
    'POLICY_INVALID',
    5,
    16,
    /scripts\."a\/\*"\.placement: cannot be "thread" for the runtime "v8"/,
  ],
  ['placement inline', 'version: 1\ndefaults: { placement: inline }', 'POLICY_INVALID', 2, 24, /only the host's own option can choose it/],
  ['budgets', 'version: 1\ndefaults: { budgets: {} }', 'POLICY_INVALID', 2, 13, /budgets: is not known to this version/],
  [
    'concurrency.onFull',
    'version: 1\ndefaults: { concurrency: { onFull: x } }',
    'POLICY_INVALID',
    2,
    28,
    /concurrency.onFull: is not known to this version/,
  ],
  ['no runs at all', 'version: 1\ndefaults: { concurrency: { max: 0 } }', 'POLICY_INVALID', 2, 33, /from 1 to 10000, not 0/],
  ['log as a word', 'version: 1\ndefaults: { allow: { log: all } }', 'POLICY_INVALID', 2, 27, /must be true or false, not "all"/],
  ['an empty permission', 'version: 1\ndefaults:\n  allow:\n    http:', 'POLICY_INVALID', 4, 10, /allow.http: is empty; write true/],
  [
    'a wrong permission, deep inside',
    'version: 1\nscripts:\n  "a/**":\n    allow: { http: [a, 3] }',
    'POLICY_INVALID',
    4,
    24,
    /scripts\."a\/\*\*"\.allow\.http\[1\]: must be a host name/,
  ],
  [
    'a package with a version',
    'version: 1\ndefaults: { packages: [a, lodash@4] }',
    'POLICY_INVALID',
    2,
    27,
    /packages\[1\]: "lodash@4".*write "lodash"/,
  ],
  ['a package that is a path', 'version: 1\ndefaults: { packages: [../x] }', 'POLICY_INVALID', 2, 24, /not the name of an npm package/],
  ['packages that are no list', 'version: 1\ndefaults: { packages: lodash }', 'POLICY_INVALID', 2, 23, /must be a list/],
  ['a bad glob', 'version: 1\nscripts:\n  "a.ts": {}', 'POLICY_INVALID', 3, 3, /write "a"/],
  ['an empty section', 'version: 1\nscripts:', 'POLICY_INVALID', 2, 9, /scripts: is empty/],
  ['a list for a mapping', 'version: 1\ndefaults: [a]', 'POLICY_INVALID', 2, 11, /must be a mapping, not a list/],
  ['text for a policy', 'hello', 'POLICY_INVALID', 1, 1, /the top level: must be a mapping, not "hello"/],
  ['an empty file', '', 'POLICY_INVALID', 1, 1, /the top level: is empty; write "version: 1" as its first line/],
  ['a file of comments', '# nothing yet\n', 'POLICY_INVALID', 1, 1, /the top level: is empty; write "version: 1"/],
  ['a merge key', 'version: 1\ndefaults:\n  <<: { runtime: v8 }', 'POLICY_INVALID', 3, 3, /defaults\."<<": is not a setting/],
  ['broken YAML', 'version: 1\ndefaults: [a', 'POLICY_SYNTAX', 2, 13, /not valid YAML/],
  ['a duplicate key', 'version: 1\ndefaults: {}\ndefaults: {}', 'POLICY_SYNTAX', 3, 1, /"defaults" is written twice/],
  ['a tag', 'version: !x 1', 'POLICY_SYNTAX', 1, 10, /tag/],
  ['a second document', 'version: 1\n---\nversion: 1', 'POLICY_SYNTAX', 2, 1, /more than one document/],
]

for (const [title, text, code, line, column, message] of faults) {
  test(`${title} is an error with its place and a code frame`, () => {
    const error = engineErrorOf(() => load(text))
    assert.match(error.message, message)
    assert.is(error.code, code)
    assert.is(error.place?.file, 'policy.yaml')
    assert.equal([error.place?.line, error.place?.column], [line, column])
    assert.match(error.place?.frame ?? '', new RegExp(`^> ${line} \\|`, 'm'))
  })
}

test('v8 in a thread is found beside other problems', () => {
  const text = 'version: 1\ndefaults:\n  runtime: v8\n  placement: thread\n  fallback: v8\n  jit: 1\n'
  const reading = readPolicy({ text, file: 'policy.yaml' }, surfaces)
  const said = reading.ok ? [] : reading.errors.map(({ message }) => message)
  assert.is(said.length, 3, said.join('\n'))
  assert.match(said[0] ?? '', /at defaults\.placement: cannot be "thread" for the runtime "v8"/)
  assert.match(said[1] ?? '', /at defaults\.fallback: must be "quickjs" or "none", not "v8"/)
  assert.match(said[2] ?? '', /at defaults\.jit: must be true or false, not 1/)
})

test('all problems are found at once, in the order of the file', () => {
  const text = 'version: 1\ndefaults: { runtime: deno, limts: {} }\nceilings: { cpu: 1 }\n'
  const reading = readPolicy({ text, file: 'policy.yaml' }, surfaces)
  assert.not.ok(reading.ok)
  if (!reading.ok)
    assert.equal(
      reading.errors.map(({ code, place }) => [code, place?.line]),
      [
        ['POLICY_INVALID', 2],
        ['POLICY_INVALID', 2],
        ['LIMIT_INVALID', 3],
      ],
    )
  const error = engineErrorOf(() => load(text))
  assert.match(error.hint ?? '', /^2 more problems:\n- line 2: .*limts.*\n- line 3: The limit "ceilings.cpu"/)
})

test('the code frame shows no control characters', () => {
  const error = engineErrorOf(() => load('version: 1\n# \u202e\u0085\u009b31m\ndefaults: { runtime: 3 }\n'))
  assert.not.match((error.place?.frame ?? '').replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
})

test('a policy object is read like a file, without places', () => {
  const revision = policyFromObject(
    { version: 1, defaults: { limits: { cpu: '1s' }, runtime: undefined }, scripts: { 'a/*': { allow: { kv: true } } } },
    surfaces,
  )
  assert.is(revision.source, 'object')
  assert.is(revision.defaults.limits?.cpu, 1_000)
  assert.equal(revision.scripts[0]?.settings.allow?.['kv'], { bytes: 1000 })
  const error = engineErrorOf(() => policyFromObject({ version: 1, defaults: { limits: { cpu: 50 } } }, surfaces))
  assert.is(error.code, 'LIMIT_INVALID')
  assert.is(error.place, undefined)
})

test('a policy object is copied: later changes of it change nothing', () => {
  const packages = ['a']
  const revision = policyFromObject({ version: 1, defaults: { packages } }, surfaces)
  packages.push('b')
  assert.equal(revision.defaults.packages, ['a'])
})

test('what is not plain data in a policy object is refused', () => {
  const self: { [key: string]: unknown } = {}
  self['self'] = self
  for (const odd of [() => 1, Symbol('s'), 1n, new Date(0), new Map(), self]) {
    assert.is(engineErrorOf(() => policyFromObject({ version: 1, defaults: { allow: { http: odd } } }, surfaces)).code, 'POLICY_INVALID')
  }
  for (const odd of [null, undefined, 1, 'x', [], () => 1])
    assert.is(engineErrorOf(() => policyFromObject(odd, surfaces)).code, 'POLICY_INVALID')
})

test('the same binding value is not shared with the binding', () => {
  const shared = { hosts: ['a'] }
  const revision = policyFromObject({ version: 1, defaults: { allow: { own: true } } }, [
    { name: 'own', description: '', methods: [], readAllow: () => ({ ok: true, value: shared }) },
  ])
  shared.hosts.push('b')
  assert.equal(revision.defaults.allow?.['own'], { hosts: ['a'] })
  assert.not.ok(Object.isFrozen(shared))
})

test('a binding that throws while it checks is a problem of the policy', () => {
  const broken = {
    name: 'own',
    description: '',
    methods: [],
    readAllow: () => {
      throw new TypeError('oops')
    },
  }
  assert.match(
    engineErrorOf(() => policyFromObject({ version: 1, defaults: { allow: { own: true } } }, [broken])).message,
    /could not be checked by its binding: oops/,
  )
})

test('the same text has the same hash, another text another', () => {
  assert.is(load(FULL).hash, load(FULL).hash)
  assert.is.not(load(FULL).hash, load(`${FULL}\n`).hash)
})

test('a key of a grant that is not known is shown where it stands, beside all else that is wrong', () => {
  const mail: BindingSurface = {
    name: 'mail',
    description: '',
    methods: [],
    readAllow: () => ({
      ok: false,
      message: 'must be a name',
      path: ['to'],
      others: [{ message: 'is not known here.', path: ['form'], isKey: true }],
    }),
  }
  const text = 'version: 1\ndefaults:\n  allow:\n    mail: { to: 1, form: you }\n'
  const reading = readPolicy({ text, file: 'policy.yaml' }, [mail])
  assert.ok(!reading.ok)
  assert.equal(
    reading.errors.map(({ message, place }) => [message, place?.line, place?.column]),
    [
      ['The policy is not valid at defaults.allow.mail.to: must be a name', 4, 17],
      ['The policy is not valid at defaults.allow.mail.form: is not known here.', 4, 20],
    ],
  )
})

test.run()
