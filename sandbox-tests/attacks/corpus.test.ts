// The corpus of attacks as a whole: every file says what to expect, every class is documented, every skip has a reason.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { COMBINATIONS, ofCombination, tellSkippedCombinations } from '../harness/combinations.ts'
import { expectNone } from '../harness/expect-none.ts'
import { readLinks } from '../harness/markdown.ts'
import { readText } from '../harness/source-files.ts'
import { THREATS } from './attack.ts'
import { loadAttacks } from './battle.ts'

const attacks = await loadAttacks(THREATS)
const threats = readText('docs/threats.md')

test('there are attacks of every class, and at least 150 in all', () => {
  expectNone(
    THREATS.filter((threat) => !attacks.some(({ attack }) => attack.threat === threat)),
    'Classes without an attack',
  )
  assert.ok(attacks.length >= 150, `there are ${attacks.length}`)
  for (const combination of COMBINATIONS) {
    const skipped = attacks.filter(({ attack }) => ofCombination(attack.skip, combination) !== undefined).length
    const otherwise = attacks.filter(({ attack }) => ofCombination(attack.otherwise, combination) !== undefined).length
    assert.ok(attacks.length - skipped >= 120, `${combination.name} meets ${attacks.length - skipped} attacks`)
    console.log(
      `# ${combination.name}: ${attacks.length} attacks of ${THREATS.length} classes, ${skipped} skipped, ${otherwise} with another end; reasons beside them`,
    )
  }
  tellSkippedCombinations()
})

test('docs/threats.md has a row for every class, with a link to every attack of it', () => {
  expectNone(
    THREATS.filter((threat) => !threats.includes(`\n| \`${threat}\` |`)),
    'Classes without a row',
  )
  const links = readLinks(threats)
  expectNone(
    attacks.filter(({ name }) => !links.includes(`../sandbox-tests/attacks/${name}.attack.ts`)).map(({ name }) => name),
    'Attacks without a link',
  )
})

test('no two attacks have the same title, and every skip and every other end says why', () => {
  assert.is(new Set(attacks.map(({ attack }) => attack.title)).size, attacks.length)
  for (const { name, attack } of attacks)
    for (const reason of [...Object.values(attack.skip ?? {}), ...Object.values(attack.otherwise ?? {}).map((each) => each.reason)])
      assert.ok(reason.length > 20, name)
})

test('every class is in one of the test files', () => {
  const files = ['escape', 'leaks', 'time', 'space', 'values', 'loading', 'engine-limits', 'runner', 'files', 'network', 'clock'].map(
    (name) => readText(`sandbox-tests/attacks/${name}.test.ts`),
  )
  const counts = THREATS.map((threat) => files.filter((text) => text.includes(`'${threat}'`)).length)
  expectNone(
    THREATS.filter((_, index) => counts[index] !== 1),
    'Classes that are not in exactly one test file',
  )
})

test.run()
