// Runs attacks: on each combination of runtime and placement, beside a neighbour in the same runner.
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { COMBINATIONS, type Combination, ofCombination } from '../harness/combinations.ts'
import { Arena, type NamedAttack } from './arena.ts'
import type { Attack, Threat } from './attack.ts'
import { tellMeasurements } from './kill-latency.ts'

/** The attacks of some classes, by file name. Rejects a file without an attack, or one that expects nothing. */
export async function loadAttacks(threats: readonly Threat[]): Promise<NamedAttack[]> {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.attack.ts'))
    .sort()
  const all: NamedAttack[] = []
  for (const file of files) {
    const { attack } = (await import(join(import.meta.dirname, file))) as { attack?: Attack }
    const name = basename(file, '.attack.ts')
    if (attack === undefined) throw new TypeError(`${file} exports no attack`)
    if (attack.expect === undefined || (Array.isArray(attack.expect) && attack.expect.length === 0))
      throw new TypeError(`${file} does not say what to expect`)
    if (!name.startsWith(`${attack.threat}-`))
      throw new TypeError(`${file} is of the class "${attack.threat}": its name must begin with it`)
    all.push({ name, attack })
  }
  return all.filter(({ attack }) => threats.includes(attack.threat))
}

/**
 * Registers a test for each attack of some classes on each combination. Call `test.run()` afterwards. The environment variable `ATTACK` chooses those whose
 * names begin with it.
 */
export async function testAttacks(threats: readonly Threat[]): Promise<void> {
  const attacks = (await loadAttacks(threats)).filter(({ name }) => name.startsWith(process.env['ATTACK'] ?? ''))
  assert.ok(attacks.length > 0, 'there are no attacks of these classes')
  for (const combination of COMBINATIONS) {
    const arena = new Arena(combination, attacks)
    for (const named of attacks) testAttack(combination, named, arena)
    test(`${combination.name}: nothing is left behind`, async () => {
      await arena.close()
      tellMeasurements(combination)
    })
  }
}

function testAttack(combination: Combination, named: NamedAttack, arena: Arena): void {
  const { name, attack } = named
  const reason = ofCombination(attack.skip, combination)
  if (reason !== undefined) return console.log(`# ${combination.name}: ${name} skipped: ${reason}`)
  test(`${combination.name}: ${name}: ${attack.title}`, async () => {
    if (attack.isAlone === undefined) return await arena.fight(named)
    const own = new Arena(combination, [named])
    try {
      await own.fight(named)
    } finally {
      await own.close()
    }
  })
}
