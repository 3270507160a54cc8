// What a script is told whose request no pattern of its grant covers.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { describeGranted } from '../../../bindings/http/granted-words.ts'
import { completePattern, type HostPattern, readPattern } from '../../../bindings/http/host-pattern.ts'
import { messageOf } from '../call-through.ts'
import { openWorld } from './world.ts'

function patternsOf(...texts: readonly string[]): HostPattern[] {
  return texts.map((text) => {
    const pattern = readPattern(text)
    if ('flaw' in pattern) throw new TypeError(pattern.flaw)
    return completePattern(pattern)
  })
}

function said(host: string, ...granted: readonly string[]): string {
  return describeGranted(patternsOf(...granted), { host })
}

test('a host that is misspelt is told the one that is granted, also where a wildcard covers it', () => {
  assert.is(said('exmple.com', 'hooks.other.com', 'example.com'), 'Did you mean "example.com"?')
  assert.is(said('api.exmple.com', '*.example.com'), 'Did you mean "api.example.com"?')
  assert.is(said('a.b.exmple.com', 'GET http://*.example.com:8080'), 'Did you mean "a.b.example.com"?')
})

test('a host that is granted in another way is told how, as a policy writes it', () => {
  assert.is(said('example.com', 'GET example.com', 'other.com'), 'Of this host, "GET example.com" is granted.')
  assert.is(
    said('example.com', 'http://example.com', 'example.com:8443'),
    'Of this host, "http://example.com", "example.com:8443" are granted.',
  )
})

test('any other host is told what is granted, the first few of it', () => {
  assert.is(said('unlike.net', 'example.com'), 'Of other hosts, "example.com" is granted.')
  const many = Array.from({ length: 2_000 }, (_, index) => `host-number-${index}.example.com`)
  assert.match(said('unlike.net', ...many), /^Of other hosts, "host-number-0\.example\.com", .* and 1995 more are granted\.$/)
  assert.is(said('unlike.net'), 'No host is granted.')
})

test('a request that is refused says so', async () => {
  await using world = await openWorld()
  assert.is(
    messageOf(await world.fetcher(['http://api.example.com'])('http://api.exmple.com/')),
    'http: GET http://api.exmple.com is not granted. Did you mean "api.example.com"? The policy\'s "allow.http" and the script\'s needs would have to cover it.',
  )
})

test.run()
