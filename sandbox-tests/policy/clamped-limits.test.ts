// Limits that a policy sets above a ceiling.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMIT_NAMES, LIMITS } from '../../engine/model/limits.ts'
import { clampedLimits } from '../../engine/policy/clamped-limits.ts'
import { loadPolicy, policyFromObject } from '../../engine/policy/load.ts'
import { resolvePolicy } from '../../engine/policy/resolve.ts'
import { surfaces } from './surfaces.ts'

test('each limit above its ceiling is named with its line, whose ceiling it is, and what holds', () => {
  const text = [
    'version: 1',
    'ceilings:',
    '  cpu: 500ms',
    'defaults:',
    '  limits:',
    '    cpu: 900ms',
    '    wall: 10m',
    '    hostCalls: 10',
    'scripts:',
    "  'reports/**':",
    '    limits: { cpu: 501ms, memory: 16MiB }',
  ].join('\n')
  assert.equal(clampedLimits(loadPolicy({ text, file: 'policy.yaml' }, surfaces)), [
    'policy.yaml:6: defaults.limits.cpu is 900ms, above the ceiling (policy.yaml:3), so 500ms holds.',
    'policy.yaml:7: defaults.limits.wall is 10m, above the built-in ceiling, so 5m holds.',
    'policy.yaml:11: scripts."reports/**".limits.cpu is 501ms, above the ceiling (policy.yaml:3), so 500ms holds.',
  ])
})

test('a policy that is an object has no lines; limits at their ceilings, and none at all, are no matter', () => {
  const over = { version: 1, ceilings: { cpu: '1s' }, defaults: { limits: { cpu: '2s' } } }
  assert.equal(clampedLimits(policyFromObject(over, surfaces)), [
    'object: defaults.limits.cpu is 2s, above the ceiling (object), so 1s holds.',
  ])
  const at = { version: 1, ceilings: { cpu: '1s' }, defaults: { limits: { cpu: '1s', wall: '5m' } } }
  assert.equal(clampedLimits(policyFromObject(at, surfaces)), [])
  assert.equal(clampedLimits(policyFromObject({ version: 1 }, surfaces)), [])
})

test('there is a sentence exactly where a limit of the defaults does not hold as it is written', () => {
  const anyLimit = fc.constantFrom(...LIMIT_NAMES).chain((name) => {
    const { floor, ceiling } = LIMITS[name]
    const amount = fc.integer({ min: floor, max: ceiling })
    return fc.record({ name: fc.constant(name), limit: amount, ceiling: fc.option(amount, { nil: undefined }) })
  })
  fc.assert(
    fc.property(anyLimit, ({ name, limit, ceiling }) => {
      const { unit, field } = LIMITS[name]
      const written = (amount: number) => (unit === 'ms' ? `${amount}ms` : unit === 'bytes' ? `${amount}B` : amount)
      const policy = policyFromObject(
        {
          version: 1,
          ceilings: ceiling === undefined ? {} : { [name]: written(ceiling) },
          defaults: { limits: { [name]: written(limit) } },
        },
        surfaces,
      )
      assert.is(clampedLimits(policy).length, resolvePolicy(policy, 'any').limits[field] === limit ? 0 : 1)
    }),
  )
})

test.run()
