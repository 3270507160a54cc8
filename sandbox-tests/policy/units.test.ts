import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatDuration, formatQuantity, formatSize } from '../../engine/model/quantity.ts'
import { type QuantityReading, readCount, readDuration, readQuantity, readSize } from '../../engine/policy/units.ts'

const quantityOf = (reading: QuantityReading): number | string => (reading.ok ? reading.value : `${reading.got} → ${reading.expected}`)
const expectedOf = (reading: QuantityReading): string => (reading.ok ? 'accepted' : reading.expected)

test('durations are read into milliseconds', () => {
  for (const [written, milliseconds] of [
    ['50ms', 50],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['0ms', 0],
    ['0.001s', 1],
    ['1.005s', 1005],
  ] as const) {
    assert.is(quantityOf(readDuration(written)), milliseconds)
  }
})

test('sizes are read into bytes', () => {
  for (const [written, bytes] of [
    ['512B', 512],
    ['64KiB', 65_536],
    ['16MiB', 16_777_216],
    ['1GiB', 1_073_741_824],
    ['1.5KiB', 1536],
  ] as const) {
    assert.is(quantityOf(readSize(written)), bytes)
  }
})

test('a missing unit is refused with a sentence that says so', () => {
  assert.is(expectedOf(readDuration(50)), 'the missing unit (ms, s or m) too, like "50ms"')
  assert.is(expectedOf(readDuration('50')), 'the missing unit (ms, s or m) too, like "50ms"')
  assert.is(expectedOf(readSize(65_536)), 'the missing unit (B, KiB, MiB or GiB) too, like "64KiB"')
})

test('KB and MB are refused with KiB and MiB', () => {
  assert.match(expectedOf(readSize('16MB')), /^MiB: "16MiB"/)
  assert.match(expectedOf(readSize('64 kb')), /^KiB: "64KiB"/)
  assert.match(expectedOf(readSize('5k')), /^KiB: "5KiB"/)
})

test('a known unit in the wrong spelling is refused with the right one', () => {
  assert.is(expectedOf(readDuration('50 ms')), '"50ms"')
  assert.is(expectedOf(readDuration('1.5S')), '"1.5s"')
  assert.is(expectedOf(readSize('16 mib')), '"16MiB"')
})

test('a part of a millisecond or of a byte is refused', () => {
  assert.is(expectedOf(readDuration('0.5ms')), 'a whole number of milliseconds')
  assert.is(expectedOf(readSize('0.1KiB')), 'a whole number of bytes')
})

test('counts are whole numbers from zero, without quotes', () => {
  assert.is(quantityOf(readCount(0)), 0)
  assert.is(quantityOf(readCount(100)), 100)
  assert.is(expectedOf(readCount('100')), '100 without quotes')
  for (const written of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, true, null, [], {}]) {
    assert.is(expectedOf(readCount(written)), 'a whole number, zero or more')
  }
})

test('nonsense is refused, never thrown', () => {
  const nonsense = [
    null,
    undefined,
    true,
    [],
    {},
    '',
    ' ',
    'ms',
    '-5ms',
    '+5ms',
    '1e3ms',
    '0x10B',
    '1m30s',
    '.5s',
    '5.s',
    'NaNms',
    Number.NaN,
    -1,
    1n,
    Symbol('x'),
  ]
  for (const written of [...nonsense, '9'.repeat(100_000), `${'9'.repeat(15)}m`, '１ms', '1ms\n']) {
    for (const unit of ['ms', 'bytes'] as const)
      assert.not.ok(readQuantity(unit, written).ok, `${String(written).slice(0, 20)} was accepted`)
  }
})

test('what arrived is shown short and without control characters', () => {
  const reading = readDuration(`\u001b[31m\u202e${'x'.repeat(1000)}`)
  assert.not.ok(reading.ok)
  if (!reading.ok) {
    assert.ok(reading.got.length < 80)
    assert.not.match(reading.got, /[\p{Cc}\p{Cf}]/u)
  }
})

test('formatting uses the largest unit that divides', () => {
  assert.is(formatDuration(120_000), '2m')
  assert.is(formatDuration(90_000), '90s')
  assert.is(formatDuration(1_500), '1500ms')
  assert.is(formatDuration(0), '0ms')
  assert.is(formatSize(16 * 1024 ** 2), '16MiB')
  assert.is(formatSize(1_536), '1536B')
  assert.is(formatSize(0), '0B')
})

test('reading what was formatted gives the same quantity', () => {
  fc.assert(
    fc.property(fc.constantFrom('ms', 'bytes', 'count' as const), fc.nat({ max: Number.MAX_SAFE_INTEGER }), (unit, value) => {
      // Beyond 15 digits a quantity is written only in a unit that divides it; no limit is near.
      const small = value % 1_000_000_000_000
      const written = formatQuantity(unit, small)
      assert.is(quantityOf(readQuantity(unit, unit === 'count' ? Number(written) : written)), small)
    }),
  )
})

test('reading agrees with arithmetic on every number and unit', () => {
  const worth = { ms: 1, s: 1_000, m: 60_000 } as const
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), fc.nat({ max: 999 }), fc.constantFrom('ms', 's', 'm' as const), (whole, thousandths, unit) => {
      const exact = (whole * 1_000 + thousandths) * worth[unit]
      const reading = readDuration(`${whole}.${String(thousandths).padStart(3, '0')}${unit}`)
      assert.is(reading.ok, exact % 1_000 === 0)
      if (reading.ok) assert.is(reading.value, exact / 1_000)
    }),
  )
})

test.run()
