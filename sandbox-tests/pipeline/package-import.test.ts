// How a script comes to a package that does not fit, where only the sources of its bundle are left.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createEngine } from '../../engine/index.ts'
import { hintForMissingGlobal } from '../../engine/pipeline/missing-global.ts'
import { describeOriginIn, packageOf } from '../../engine/pipeline/package-import.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { PATIENT } from '../harness/engines.ts'
import { ownMs } from '../harness/own-time.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

test('imports are found as people write them; other files and vivarium are no packages', () => {
  const said = (text: string): string | undefined => describeOriginIn('@a/b', [['greet.ts', text]])
  assert.is(said("import {\n  a,\n} from '@a/b/part'"), 'greet.ts:3 imports "@a/b".')
  assert.is(
    said("import './x.ts'\nimport type { A } from 'vivarium/script'\nexport * from \"c\""),
    '"@a/b" comes along with "c", which greet.ts:3 imports.',
  )
  assert.is(said("const a = await import('c')"), '"@a/b" comes along with "c", which greet.ts:1 imports.')
  assert.is(said("import './x.ts'"), undefined)
  assert.is(packageOf('node_modules/a/node_modules/@b/c/index.js'), '@b/c')
  assert.is(packageOf('lib/a.ts'), undefined)
})

for (const combination of COMBINATIONS) {
  test(`a module of a package that fails when it is loaded is led back to the script (${combination.name})`, async () => {
    using project = tempDirectory({
      'scripts/greet.ts': "import { a } from 'outer'\nexport default () => a",
      'node_modules/outer/package.json': '{ "type": "module", "main": "index.js" }',
      'node_modules/outer/index.js': "export { a } from 'inner'",
      'node_modules/inner/package.json': '{ "type": "module", "main": "index.js" }',
      'node_modules/inner/index.js': "export const a = Buffer.from('a')",
    })
    const policy = { version: 1, defaults: { ...PATIENT.defaults, packages: ['outer'] } }
    await using engine = await createEngine(inCombination(combination, { scripts: `${project.path}/scripts`, policy, watch: false }))
    assert.match(
      engine.scripts()[0]?.error?.hint ?? '',
      /^"Buffer" belongs to Node.* "inner" comes along with "outer", which greet\.ts:1 imports\.$/,
    )
  })
}

test('text that nearly imports takes no longer to look through than other text', () => {
  const nearly = `from${' '.repeat(10)}'${'a'.repeat(310)}\n`.repeat(200)
  const sources = Array.from({ length: 16 }, (_, i) => [`${i}.ts`, nearly] as const)
  const took = ownMs(() => assert.is(describeOriginIn('a', sources), undefined))
  assert.ok(took < 1_000, `${took} ms on the host's own thread`)
})

test('a long path that is of no package is read once', () => {
  const path = `${'a/'.repeat(2_000)}a.ts`
  const took = ownMs(() => {
    for (let i = 0; i < 200; i++) {
      assert.is(packageOf(path), undefined)
      assert.match(hintForMissingGlobal('Buffer is not defined', path) ?? '', /^"Buffer" belongs to Node/)
    }
  })
  assert.ok(took < 1_000, `${took} ms on the host's own thread`)
  assert.is(packageOf(`${'a/'.repeat(2_000)}node_modules/@b/c/a.js`), '@b/c')
})

test.run()
