// Where a script really runs: policy, met with what the host wants and with what the machine has.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ExplainedSetting, explainPolicy } from '../../engine/policy/explain.ts'
import { loadPolicy } from '../../engine/policy/load.ts'
import { resolvePolicy } from '../../engine/policy/resolve.ts'
import { type FoundHome, findHome, type HomePlacement } from '../../engine/policy/script-home.ts'
import { engineErrorOf } from './errors.ts'
import { surfaces } from './surfaces.ts'

const WHY = 'the package "isolated-vm" is not installed. Install it: npm install isolated-vm.'
const revision = loadPolicy(
  {
    text: `version: 1
defaults: { placement: thread }
scripts:
  'fast/**': { runtime: v8 }
  'fast/soft/**': { fallback: quickjs }
  'fast/hard/**': { jit: false }
  'apart/**': { placement: process, jit: false }
`,
    file: 'policy.yaml',
  },
  surfaces,
)

function find(script: string, placement: HomePlacement = 'thread', v8Fault?: string): FoundHome {
  return findHome(resolvePolicy(revision, script), { placement, v8Fault: () => v8Fault })
}

function explain(script: string, found: FoundHome, path: string): ExplainedSetting | undefined {
  return explainPolicy(revision, script, found).find((row) => row.path === path)
}

test('each combination of runtime and placement is a home with a name', () => {
  const names: readonly (readonly [script: string, placement: HomePlacement, name: string])[] = [
    ['a', 'thread', 'quickjs-thread'],
    ['a', 'inline', 'quickjs-inline'],
    ['a', 'process', 'quickjs-process'],
    ['fast/a', 'thread', 'v8-process'],
    ['fast/a', 'inline', 'v8-process'],
    ['fast/hard/a', 'inline', 'v8-process-jitless'],
    ['apart/a', 'thread', 'quickjs-process'],
    ['apart/a', 'inline', 'quickjs-process'],
  ]
  for (const [script, placement, name] of names) assert.is(find(script, placement).home.name, name, `${script}, ${placement}`)
})

test('without V8, a script that needs it runs nowhere, and is told what to install', () => {
  const error = engineErrorOf(() => find('fast/a', 'thread', WHY))
  assert.is(error.code, 'V8_UNAVAILABLE')
  assert.ok(error.message.includes(WHY))
  assert.match(error.message, /"fallback: quickjs"/)
  assert.is(find('a', 'thread', WHY).home.name, 'quickjs-thread', 'others do not notice')
})

test('with a fallback it runs on quickjs, where policy put it, and says so', () => {
  assert.equal(find('fast/soft/a', 'thread', WHY), {
    home: { name: 'quickjs-process', runtime: 'quickjs', placement: 'process', jit: true },
    fellBack: WHY,
  })
  assert.equal(find('fast/soft/a').fellBack, undefined)
})

test('what is explained is what there is: the fallback and the line that asked for it', () => {
  const file = 'policy.yaml'
  assert.equal(explain('fast/soft/a', find('fast/soft/a', 'thread', WHY), 'runtime'), {
    path: 'runtime',
    value: 'quickjs',
    setBy: { file, line: 5, glob: 'fast/soft/**' },
    written: 'v8',
    because: WHY,
  })
  assert.equal(explain('fast/soft/a', find('fast/soft/a'), 'runtime'), {
    path: 'runtime',
    value: 'v8',
    setBy: { file, line: 4, glob: 'fast/**' },
  })
  assert.equal(explain('fast/a', find('fast/a'), 'placement'), {
    path: 'placement',
    value: 'process',
    setBy: { file, line: 4, glob: 'fast/**' },
  })
  assert.equal(explain('fast/hard/a', find('fast/hard/a'), 'jit'), {
    path: 'jit',
    value: false,
    setBy: { file, line: 6, glob: 'fast/hard/**' },
  })
})

test('a placement that the host chose says so, and what policy had written', () => {
  assert.equal(explain('a', find('a', 'inline'), 'placement'), { path: 'placement', value: 'inline', setBy: 'host', written: 'thread' })
  assert.equal(explain('apart/a', find('apart/a', 'inline'), 'placement')?.value, 'process')
})

test('entries that contradict each other in a script are its fault', () => {
  const text = 'version: 1\nscripts:\n  a: { runtime: v8 }\n  "*": { placement: thread }\n'
  const odd = resolvePolicy(loadPolicy({ text, file: 'policy.yaml' }, surfaces), 'a')
  const error = engineErrorOf(() => findHome(odd, { placement: 'thread', v8Fault: () => undefined }))
  assert.equal([error.code, error.place?.line], ['POLICY_INVALID', 4])
})

test.run()
