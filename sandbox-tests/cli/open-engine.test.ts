// Where the policy is looked for: in the scripts directory, then beside it, and never where it may be anyone's.
// timeout: 400s
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findPlaces } from '../../cli/open-engine.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const home = process.cwd()

/** The policy that a command finds which is given there. */
function policyFrom(cwd: string, dir?: string): string | undefined {
  process.chdir(cwd)
  try {
    return findPlaces(dir === undefined ? {} : { dir }).policy
  } finally {
    process.chdir(home)
  }
}

test('where there is no policy in the scripts directory, the one beside it counts', () => {
  using directory = tempDirectory({ 'policy.yaml': '', 'scripts/a.ts': '', 'app/scripts/a.ts': '', 'app/policy.yaml': '' })
  const { path } = directory
  assert.is(policyFrom(path), 'policy.yaml')
  assert.is(policyFrom(path, './scripts/'), 'policy.yaml')
  assert.is(policyFrom(path, join(path, 'scripts')), 'policy.yaml')
  assert.is(policyFrom(path, 'app/scripts'), join('app', 'policy.yaml'))
})

test('nothing above the current directory counts, nor what lies beside a directory of another name', () => {
  using directory = tempDirectory({ 'policy.yaml': '', 'scripts/a.ts': '', 'plugins/a.ts': '', 'app/x': '' })
  const { path } = directory
  assert.is(policyFrom(join(path, 'scripts')), undefined)
  assert.is(policyFrom(join(path, 'app'), '../scripts'), undefined)
  assert.is(policyFrom(path, 'plugins'), undefined)
})

test('the one in the scripts directory comes first, and the other is told of', async () => {
  using directory = tempDirectory({
    'policy.yaml': 'version: 1\ndefaults: { allow: { kv: true } }\n',
    'scripts/a.js': 'export default { needs: { kv: true }, on: { go: () => 1 } }',
  })
  const { path: cwd } = directory
  const beside = await vivarium(['check', '--no-types'], { cwd })
  assert.equal([beside.code, beside.stderr], [0, ''])
  assert.match(beside.stdout, 'policy.yaml: ok')
  directory.write('scripts/policy.yaml', 'version: 1\n')
  const both = await vivarium(['check', '--no-types'], { cwd })
  assert.is(both.code, 1)
  assert.match(both.stderr, 'policy.yaml is not read: scripts/policy.yaml is the policy.')
  const named = await vivarium(['check', '--no-types', '--policy', 'policy.yaml'], { cwd })
  assert.equal([named.code, named.stderr], [0, ''])
})

test.run()
