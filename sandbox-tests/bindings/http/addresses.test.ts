import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isReachable, normalAddress, rangeOf, readException, writeException } from '../../../bindings/http/addresses.ts'

/** One or more of every range that is not public. */
const NOT_PUBLIC = [
  ['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
  [
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '192.0.0.1',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.7',
  ],
  ['203.0.113.9', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '192.175.48.1', '192.52.193.1', '168.63.129.16'],
  ['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:93.184.216.34', '::ffff:0:7f00:1', '::93.184.216.34'],
  ['fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'fd20:ce::254', 'ff02::1', 'ff0e::1', '100::1'],
  [
    '64:ff9b::7f00:1',
    '64:ff9b::5db8:d822',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2002:5db8:d822::1',
    '2001:0:1::1',
    '2001:2::1',
    '2001:db8::1',
  ],
  ['2001:10::1', '2001:20::1', '3fff::1', '5f00::1', '4000::1', '1::1', '2a00::5efe:7f00:1', '2a00::200:5efe:a00:1', '2620:4f:8000::1'],
].flat()

const PUBLIC = [
  '93.184.216.34',
  '1.1.1.1',
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '169.253.1.1',
  '2606:4700::1111',
  '2a00:1450:4001::200e',
]

/** What some parsers take for 127.0.0.1 or 10.0.0.1. Here they are no addresses at all. */
const LOOSE = [
  '127.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '2130706433',
  '0x7f000001',
  '010.0.0.1',
  '127.0.0.1.',
  ' 127.0.0.1',
  '127.0.0.1 ',
  '',
  'localhost',
  '1.2.3',
  '::ffff:0x7f.1',
]

test('no address of a range that is not public can be reached', () => {
  for (const address of NOT_PUBLIC) {
    assert.type(rangeOf(address), 'string', address)
    assert.not.ok(isReachable(address, 80, []), address)
  }
})

test('public addresses can be reached', () => {
  for (const address of PUBLIC) assert.ok(isReachable(address, 443, []), `${address} ${rangeOf(address)}`)
})

test('a loose spelling is no address', () => {
  for (const address of LOOSE) {
    assert.is(rangeOf(address), 'invalid', address)
    assert.not.ok(isReachable(address, 80, [{ address: '127.0.0.1', port: undefined }]), address)
  }
})

test('whatever an IPv6 address carries of IPv4 is not reached through it', () => {
  const octet = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(octet, octet, octet, octet, (a, b, c, d) => {
      const low = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
      for (const text of [`::ffff:${low}`, `::${low}`, `64:ff9b::${low}`, `2002:${low}::1`, `::ffff:0:${low}`, `2001:0:${low}::1`])
        assert.not.ok(isReachable(text, 80, []), text)
    }),
  )
})

test('an exception holds for exactly one address, in any spelling, and its port', () => {
  const loopback = [{ address: '127.0.0.1', port: 8080 }]
  assert.ok(isReachable('127.0.0.1', 8080, loopback))
  assert.not.ok(isReachable('127.0.0.1', 8081, loopback))
  assert.not.ok(isReachable('127.0.0.2', 8080, loopback))
  assert.not.ok(isReachable('::ffff:127.0.0.1', 8080, loopback))
  const six = readException('[FD00:0:0::0005]:80')
  assert.equal(six, { address: 'fd00:0:0:0:0:0:0:5', port: 80 })
  assert.ok(isReachable('fd00::5', 80, 'flaw' in six ? [] : [six]))
})

test('exceptions are read, written and refused', () => {
  for (const [text, written] of [
    ['10.0.0.5', '10.0.0.5'],
    ['10.0.0.5:8080', '10.0.0.5:8080'],
    ['::1', '[0:0:0:0:0:0:0:1]'],
    ['[::1]:3000', '[0:0:0:0:0:0:0:1]:3000'],
  ] as const) {
    const exception = readException(text)
    assert.is('flaw' in exception ? exception.flaw : writeException(exception), written)
    assert.equal(readException(written), exception)
  }
  for (const text of [
    '10.0.0.0/8',
    '10.0.0.*',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    '255.255.255.255',
    'localhost',
    '10.0.0.5:0',
    '10.0.0.5:70000',
    '',
    '127.1',
    'fe80::1%lo',
  ])
    assert.ok('flaw' in readException(text), text)
})

test('an address has one spelling', () => {
  assert.is(normalAddress('[::1]'), '0:0:0:0:0:0:0:1')
  assert.is(normalAddress('93.184.216.34'), '93.184.216.34')
  assert.is(normalAddress('fe80::1%eth0'), undefined)
  assert.is(normalAddress('hello'), undefined)
})

test.run()
