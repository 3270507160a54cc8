// `vivarium explain`: where every value comes from.
// timeout: 400s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const POLICY = `version: 1
ceilings:
  cpu: 100ms
defaults:
  limits:
    wall: 2s
    cpu: 200ms
scripts:
  "reports/**":
    limits:
      memory: 8MiB
    allow:
      kv: { bytes: 1KiB, keys: 5 }
`
const FILES = {
  'reports/weekly.ts': `export default { name: 'Weekly', needs: { kv: true }, on: { go: { priority: 7, run: () => 1 } } }`,
  'other/index.ts': `export default { needs: { kv: true }, on: { go: () => 1 } }`,
  'policy.yaml': POLICY,
}

test('every value is shown with the line, the entry and the ceiling that set it', async () => {
  using directory = tempDirectory(FILES)
  const { code, stdout, stderr } = await vivarium(['explain', 'reports/weekly'], { cwd: directory.path })
  assert.is(code, 0, stderr)
  assert.match(stdout, 'reports/weekly: ready (on go; needs kv)')
  assert.match(stdout, /name +Weekly\n +priority go 7\n +needs +kv: true\n +granted +kv: \{ bytes: 1024, keys: 5 \}/)
  assert.match(stdout, /^setting +value +set by$/m)
  assert.match(stdout, /^runtime +quickjs +built-in$/m)
  assert.match(stdout, /^limits\.wall +2s +policy\.yaml:6$/m)
  assert.match(stdout, /^limits\.cpu +100ms +the ceiling in policy\.yaml:3, clamping 200ms of policy\.yaml:7$/m)
  assert.match(stdout, /^limits\.memory +8MiB +policy\.yaml:11 \("reports\/\*\*"\)$/m)
})

test('a denied script shows the line that the policy lacks', async () => {
  using directory = tempDirectory(FILES)
  const { code, stdout } = await vivarium(['explain', 'other'], { cwd: directory.path })
  assert.is(code, 0)
  assert.match(stdout, 'other: denied (on go; needs kv)')
  assert.match(stdout, 'would have to say: allow: { kv: true }')
})

test('the path of the file will do for the id', async () => {
  using directory = tempDirectory(Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`scripts/${path}`, text])))
  for (const path of ['reports/weekly', 'reports/weekly.ts', 'scripts/reports/weekly.ts', './scripts/reports/weekly.ts']) {
    const { code, stdout } = await vivarium(['explain', path], { cwd: directory.path })
    assert.is(code, 0, path)
    assert.match(stdout, /^reports\/weekly: ready/)
  }
  assert.match((await vivarium(['explain', 'scripts/other/index.ts'], { cwd: directory.path })).stdout, /^other: denied/)
})

test('an unknown script is an error with the nearest name', async () => {
  using directory = tempDirectory(FILES)
  const { code, stderr } = await vivarium(['explain', 'reports/weakly.ts'], { cwd: directory.path })
  assert.is(code, 2)
  assert.match(stderr, 'There is no script "reports/weakly.ts" in ".".\nDid you mean "reports/weekly"? There are other, reports/weekly.')
})

test('--json has the script and its settings', async () => {
  using directory = tempDirectory(FILES)
  const { stdout } = await vivarium(['explain', 'reports/weekly', '--json'], { cwd: directory.path })
  const { id, grant, settings } = JSON.parse(stdout)
  assert.equal([id, grant], ['reports/weekly', { kv: { bytes: 1024, keys: 5 } }])
  const cpu = settings.find(({ path }: { path: string }) => path === 'limits.cpu')
  assert.equal(cpu, {
    path: 'limits.cpu',
    value: '100ms',
    setBy: { file: 'policy.yaml', line: 7 },
    clampedBy: { file: 'policy.yaml', line: 3 },
    written: '200ms',
  })
})

test.run()
