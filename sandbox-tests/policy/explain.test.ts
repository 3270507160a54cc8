import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMIT_NAMES, LIMITS } from '../../engine/model/limits.ts'
import { type ExplainedSetting, explainPolicy } from '../../engine/policy/explain.ts'
import { formatLimit } from '../../engine/policy/limit-value.ts'
import { loadPolicy, policyFromObject } from '../../engine/policy/load.ts'
import { resolvePolicy } from '../../engine/policy/resolve.ts'
import { surfaces } from './surfaces.ts'

const TEXT = `version: 1
ceilings:
  wall: 2s
defaults:
  onError: stop
  limits: { cpu: 200ms }
  allow: { http: [a.example], kv: true }
scripts:
  'reports/**':
    runtime: v8
    limits:
      cpu: 20s
    allow: { kv: false }
`
const revision = loadPolicy({ text: TEXT, file: 'policy.yaml' }, surfaces)
const explain = (script: string): ReadonlyMap<string, ExplainedSetting> =>
  new Map(explainPolicy(revision, script).map((row) => [row.path, row]))
const file = 'policy.yaml'

test('every value names the line that set it', () => {
  const rows = explain('reports/weekly')
  assert.equal(rows.get('onError'), { path: 'onError', value: 'stop', setBy: { file, line: 5 } })
  assert.equal(rows.get('runtime'), { path: 'runtime', value: 'v8', setBy: { file, line: 10, glob: 'reports/**' } })
  assert.equal(rows.get('isolation'), { path: 'isolation', value: 'event', setBy: 'built-in' })
  assert.equal(rows.get('allow.http'), { path: 'allow.http', value: ['a.example'], setBy: { file, line: 7 } })
})

test('a placement that follows from the runtime names the line of the runtime', () => {
  assert.equal(explain('reports/weekly').get('placement'), {
    path: 'placement',
    value: 'process',
    setBy: { file, line: 10, glob: 'reports/**' },
  })
  assert.is(explain('other').get('placement')?.setBy, 'built-in')
})

test('a binding that was taken away names the line that did it', () => {
  assert.equal(explain('reports/weekly').get('allow.kv'), { path: 'allow.kv', value: false, setBy: { file, line: 13, glob: 'reports/**' } })
})

test('a clamped limit names what was written and whose ceiling cut it', () => {
  const rows = explain('reports/weekly')
  assert.equal(rows.get('limits.cpu'), {
    path: 'limits.cpu',
    value: '10s',
    setBy: { file, line: 12, glob: 'reports/**' },
    clampedBy: 'built-in',
    written: '20s',
  })
  assert.equal(rows.get('limits.wall'), {
    path: 'limits.wall',
    value: '2s',
    setBy: 'built-in',
    clampedBy: { file, line: 3 },
    written: '5s',
  })
})

test('what is explained is what is in force', () => {
  for (const script of ['reports/weekly', 'other']) {
    const [rows, effective] = [explain(script), resolvePolicy(revision, script)]
    for (const name of LIMIT_NAMES) assert.is(rows.get(`limits.${name}`)?.value, formatLimit(name, effective.limits[LIMITS[name].field]))
    for (const name of ['runtime', 'placement', 'isolation', 'onError', 'packages'] as const)
      assert.equal(rows.get(name)?.value, effective[name])
    assert.is(rows.get('concurrency.max')?.value, effective.concurrency.max)
    for (const binding of ['log', 'http', 'kv']) assert.equal(rows.get(`allow.${binding}`)?.value, effective.allow[binding] ?? false)
  }
})

test('a policy that the host passed as an object has no lines', () => {
  const rows = explainPolicy(policyFromObject({ version: 1, scripts: { a: { onError: 'stop' } } }, surfaces), 'a')
  assert.equal(rows.find(({ path }) => path === 'onError')?.setBy, { file: 'object', glob: 'a' })
})

test.run()
