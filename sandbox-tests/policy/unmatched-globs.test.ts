// Entries of a policy that hold for no script.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadPolicy, policyFromObject } from '../../engine/policy/load.ts'
import { unmatchedGlobs } from '../../engine/policy/unmatched-globs.ts'
import { surfaces } from './surfaces.ts'

test('each entry that matches no script is named with its line and the nearest script', () => {
  const text = "version: 1\nscripts:\n  'reports/**': {}\n  gret: {}\n  'old/*': {}\n  '7': {}\n"
  assert.equal(unmatchedGlobs(loadPolicy({ text, file: 'policy.yaml' }, surfaces), ['greet', 'reports']), [
    'policy.yaml:4: the entry "gret" matches no script. Did you mean "greet"?',
    'policy.yaml:5: the entry "old/*" matches no script.',
    'policy.yaml:6: the entry "7" matches no script.',
  ])
})

test('a policy that is an object has no lines; one without entries, or whose entries match, no warnings', () => {
  const policy = policyFromObject({ version: 1, scripts: { a: {} } }, surfaces)
  assert.equal(unmatchedGlobs(policy, []), ['object: the entry "a" matches no script.'])
  assert.equal(unmatchedGlobs(policy, ['a', 'b']), [])
  assert.equal(unmatchedGlobs(policyFromObject({ version: 1 }, surfaces), ['a']), [])
})

test.run()
