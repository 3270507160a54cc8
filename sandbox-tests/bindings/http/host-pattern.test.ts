import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  completePattern,
  covers,
  type Destination,
  type HostPattern,
  intersect,
  readPattern,
  writePattern,
} from '../../../bindings/http/host-pattern.ts'
import { readTarget } from '../../../bindings/http/target.ts'

function pattern(text: string): HostPattern {
  const read = readPattern(text)
  if ('flaw' in read) throw new TypeError(`${text}: ${read.flaw}`)
  return completePattern(read)
}

const goesTo = (text: string, url: string, method = 'GET') => covers(pattern(text), readTarget(url), method)

test('patterns have one spelling, and it says everything that is not usual', () => {
  for (const [text, written] of [
    ['hooks.example.com', 'https://hooks.example.com:443'],
    ['HOOKS.Example.com.', 'https://hooks.example.com:443'],
    ['http://hooks.example.com', 'http://hooks.example.com:80'],
    ['get,POST api.example.com:8443', 'GET,POST https://api.example.com:8443'],
    ['*.example.com:*', 'https://*.example.com:*'],
    ['*', 'https://*:443'],
    ['bücher.example', 'https://xn--bcher-kva.example:443'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://0x7f.1:80', 'http://127.0.0.1:80'],
    ['PROPFIND dav.example.com', 'PROPFIND https://dav.example.com:443'],
  ] as const) {
    assert.is(writePattern(pattern(text)), written, text)
    assert.is(writePattern(pattern(written)), written, text)
  }
})

test('what is no pattern is refused', () => {
  const wrong = [
    '',
    'https://',
    'a b c',
    'https://example.com/path',
    'user@example.com',
    'ftp://example.com',
    'example.com:0',
    'example.com:99999',
    '*example.com',
  ]
  const more = [
    'ex*mple.com',
    '*.*.example.com',
    '*.127.0.0.1',
    'CONNECT example.com',
    'PSOT example.com',
    'GET,TRACE example.com',
    'example.com?x',
    'example.com#x',
    '*.',
    '**',
    '%31.example.com',
  ]
  for (const text of [...wrong, ...more]) assert.ok('flaw' in readPattern(text), text)
})

test('a pattern covers its own scheme, host, port and methods', () => {
  assert.ok(goesTo('hooks.example.com', 'https://hooks.example.com/a?b'))
  assert.ok(goesTo('hooks.example.com', 'https://HOOKS.example.com.:443/'))
  assert.not.ok(goesTo('hooks.example.com', 'http://hooks.example.com/'))
  assert.not.ok(goesTo('hooks.example.com', 'https://hooks.example.com:8443/'))
  assert.not.ok(goesTo('hooks.example.com', 'https://a.hooks.example.com/'))
  assert.not.ok(goesTo('hooks.example.com', 'https://hooks.example.com.evil.example/'))
  assert.not.ok(goesTo('POST hooks.example.com', 'https://hooks.example.com/'))
  assert.ok(goesTo('POST hooks.example.com', 'https://hooks.example.com/', 'POST'))
  assert.ok(goesTo('hooks.example.com:*', 'https://hooks.example.com:9/'))
})

test('a wildcard stands for names below, never for addresses or for names without a dot', () => {
  assert.ok(goesTo('*.example.com', 'https://a.example.com/'))
  assert.ok(goesTo('*.example.com', 'https://a.b.example.com/'))
  assert.not.ok(goesTo('*.example.com', 'https://example.com/'))
  assert.not.ok(goesTo('*.example.com', 'https://badexample.com/'))
  assert.ok(goesTo('*', 'https://anything.example/'))
  assert.not.ok(goesTo('http://*', 'http://localhost/'))
  for (const url of ['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://93.184.216.34/'])
    assert.not.ok(goesTo('http://*', url), url)
  assert.not.ok(goesTo('http://*.0.0.1x', 'http://127.0.0.1/'))
})

test('what a script leaves open is what policy says', () => {
  const meet = (need: string, allow: string): string | undefined => {
    const wanted = readPattern(need)
    const common = 'flaw' in wanted ? undefined : intersect(wanted, pattern(allow))
    return common && writePattern(common)
  }
  assert.is(meet('api.example.com', 'GET http://api.example.com:8080'), 'GET http://api.example.com:8080')
  assert.is(meet('https://api.example.com', 'http://api.example.com'), undefined)
  assert.is(meet('api.example.com', '*.example.com'), 'https://api.example.com:443')
  assert.is(meet('*.example.com', 'api.example.com'), 'https://api.example.com:443')
  assert.is(meet('*.example.com', '*.api.example.com'), 'https://*.api.example.com:443')
  assert.is(meet('*', '*.example.com'), 'https://*.example.com:443')
  assert.is(meet('POST,GET api.example.com', 'GET,HEAD api.example.com'), 'GET https://api.example.com:443')
  assert.is(meet('POST api.example.com', 'GET api.example.com'), undefined)
  assert.is(meet('127.0.0.1', '*'), undefined)
  assert.is(meet('*', '127.0.0.1'), undefined)
  assert.is(meet('api.example.com:8443', 'api.example.com:*'), 'https://api.example.com:8443')
})

test('what two patterns have in common is within both, whatever they are', () => {
  const host = fc.constantFrom(
    '*',
    '*.example.com',
    'example.com',
    'a.example.com',
    '*.a.example.com',
    'b.a.example.com',
    'localhost',
    '127.0.0.1',
    '[::1]',
  )
  const methods = fc.constantFrom('', 'GET ', 'GET,POST ', 'PUT ')
  const port = fc.constantFrom('', ':*', ':80', ':8443')
  const text = fc.tuple(methods, fc.constantFrom('', 'http://', 'https://'), host, port).map((parts) => parts.join(''))
  const destination: fc.Arbitrary<Destination> = fc.record({
    scheme: fc.constantFrom('http', 'https'),
    host: fc.constantFrom('example.com', 'a.example.com', 'b.a.example.com', 'localhost', '127.0.0.1', '[::1]', 'other.example'),
    port: fc.constantFrom(80, 443, 8443),
  })
  fc.assert(
    fc.property(text, text, destination, fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'), (need, allow, where, method) => {
      const wanted = readPattern(need)
      assert.not.ok('flaw' in wanted)
      if ('flaw' in wanted) return
      const granted = pattern(allow)
      const common = intersect(wanted, granted)
      const isCommon = common !== undefined && covers(common, where, method)
      if (isCommon) assert.ok(covers(granted, where, method), `${need} with ${allow}`)
      if (isCommon) assert.ok(covers({ ...common, ...completeIn(wanted, granted) }, where, method))
    }),
    { numRuns: 2_000 },
  )
})

/** The need with whatever it leaves open taken from the grant. */
function completeIn(need: ReturnType<typeof readPattern>, granted: HostPattern): Partial<HostPattern> {
  if ('flaw' in need) return {}
  const { host, methods = granted.methods, scheme = granted.scheme, port = granted.port } = need
  return { host, methods, scheme, port }
}

test.run()
