// What is suggested for a limit without its unit: what its writer most likely meant.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMIT_NAMES, LIMITS, type LimitName } from '../../engine/model/limits.ts'
import { formatLimit, readCeiling, readLimit } from '../../engine/policy/limit-value.ts'

function suggestionFor(name: LimitName, written: unknown): string | undefined {
  const reading = readLimit(name, written)
  return reading.ok ? undefined : /like "(.*)"$/.exec(reading.expected)?.[1]
}

test('a number is taken in the unit in which it comes nearest to the usual value of the limit', () => {
  const cases: readonly (readonly [name: LimitName, written: unknown, suggested: string])[] = [
    ['memory', 16, '16MiB'],
    ['memory', '32', '32MiB'],
    ['memory', 16_777_216, '16MiB'],
    ['cpu', 50, '50ms'],
    ['cpu', 200, '200ms'],
    ['wall', 5, '5s'],
    ['wall', 3_000, '3s'],
    ['log', 64, '64KiB'],
    ['output', 512, '512KiB'],
  ]
  for (const [name, written, suggested] of cases) assert.is(suggestionFor(name, written), suggested, `${name}: ${written}`)
})

test('what is suggested is a value that the limit can have', () => {
  for (const name of LIMIT_NAMES.filter((each) => LIMITS[each].unit !== 'count')) {
    for (const written of [0, 1, 7, 999, 10 ** 6, 10 ** 12, '0', '15']) {
      const suggested = suggestionFor(name, written)
      assert.ok(readCeiling(name, suggested).ok, `${name}: ${written} → ${suggested}`)
    }
    assert.is(suggestionFor(name, 10 ** 15), formatLimit(name, LIMITS[name].default), name)
  }
})

test('what is no number gets an example', () => {
  for (const written of [-1, 1.5, Number.NaN, null, [], 'much']) assert.match(suggestionFor('memory', written) ?? '', /^16MiB$/)
})

test.run()
