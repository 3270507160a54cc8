// The import graph against the layer table: who may know whom, what a runner can reach, no cycles.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import packageJson from '../../package.json' with { type: 'json' }
import { expectNone } from '../harness/expect-none.ts'
import { findCycles, type ImportEdge, reach, readImports } from '../harness/import-graph.ts'
import { listSources, ROOT } from '../harness/source-files.ts'
import { HOST_PARTS, isIn, layerOf, MEETING_POINTS, mayImport, RUNNER_PARTS } from './layers.ts'

const files = listSources('engine', 'bindings', 'cli')
const edges = await readImports(files)
const inside = edges.filter(({ to }) => /^(engine|bindings|cli|sandbox-tests|bench|scripts)\//.test(to))
const installed = ['dependencies', 'peerDependencies'].flatMap((key) => Object.keys((packageJson as Record<string, unknown>)[key] ?? {}))
const values = inside.filter(({ kind }) => kind === 'value')

function show({ from, to, kind }: ImportEdge): string {
  return `${from} → ${to}${kind === 'type' ? ' (type)' : ''}`
}

test('there are sources, and imports between them', () => {
  assert.ok(files.length > 10)
  assert.ok(inside.length > 10)
})

test('every source file belongs to a layer', () => {
  expectNone(
    files.filter((file) => layerOf(file) === undefined),
    'Files that fit no row of sandbox-tests/repo/layers.ts',
  )
})

test('every relative import leads to a file', () => {
  expectNone(inside.filter(({ to }) => !existsSync(join(ROOT, to))).map(show), 'Imports of files that are missing')
})

test('files import only what their layer may', () => {
  const forbidden = inside.filter(({ from, to, kind }) => !mayImport(from, to, kind))
  expectNone(forbidden.map(show), 'Imports that the layer table forbids')
})

test('nothing that a runner reaches belongs to the host', () => {
  const start = files.filter((file) => isIn(file, RUNNER_PARTS))
  const paths = [...reach(values, start)].filter(([file]) => isIn(file, HOST_PARTS))
  expectNone(
    paths.map(([, path]) => path.join(' → ')),
    'Ways from a runner to the host',
  )
})

test('runtimes and placements meet only in the composition root and in the entries', () => {
  const both = files.filter((file) => {
    const targets = inside.filter(({ from }) => from === file).map(({ to }) => to)
    const runtime = targets.some((to) => isIn(to, ['engine/sandbox/quickjs/', 'engine/sandbox/v8/']))
    const placement = isIn(file, ['engine/placement/']) || targets.some((to) => isIn(to, ['engine/placement/']))
    return runtime && placement && !isIn(file, MEETING_POINTS)
  })
  expectNone(both, 'Files that know a runtime and a placement')
})

test('nobody imports an entry: it is started', () => {
  expectNone(inside.filter(({ to }) => isIn(to, ['engine/placement/*-entry.ts'])).map(show), 'Imports of entries')
})

test('no value imports form a cycle', () => {
  expectNone(
    findCycles(values).map((cycle) => cycle.join(' → ')),
    'Cycles',
  )
})

test('every package that is imported is a dependency', () => {
  const found = edges.filter(({ to, kind }) => {
    const isPackage = !inside.some((edge) => edge.to === to) && !to.startsWith('node:')
    return isPackage && kind === 'value' && !installed.some((name) => to === name || to.startsWith(`${name}/`))
  })
  expectNone(found.map(show), 'Imports of packages that a user of vivarium does not have')
})

test('the walk itself finds ways, cycles and layers', () => {
  const way = (from: string, to: string): ImportEdge => ({ from, to, kind: 'value' })
  const sample = [way('a', 'b'), way('b', 'c'), way('c', 'b'), way('x', 'a')]
  assert.equal(reach(sample, ['a']).get('c'), ['a', 'b', 'c'])
  assert.not(reach(sample, ['a']).has('x'))
  assert.equal(
    findCycles(sample).map((cycle) => [...new Set(cycle)].sort()),
    [['b', 'c']],
  )
  assert.is(layerOf('engine/placement/worker-thread-entry.ts')?.part, 'engine/placement/*-entry.ts')
  assert.is(layerOf('engine/placement/worker-thread.ts')?.part, 'engine/placement/')
  assert.is(layerOf('engine/somewhere/else.ts'), undefined)
})

test.run()
