// ctx.http.fetch as scripts see it: what they give reaches the host as plain data, what the host answers is a Response. The host here only echoes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, HostFunctionError, type Outcome } from '../../engine/index.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine } from '../harness/engines.ts'

const init = z.strictObject({
  method: z.string().optional(),
  headers: z.array(z.tuple([z.string(), z.string()])).optional(),
  body: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
  redirect: z.string().optional(),
  timeout: z.number().optional(),
})

const echo = defineBinding('http', {
  fetch: {
    input: z.tuple([z.string(), init]),
    output: z.unknown(),
    handler: (_call, url, { body, ...rest }) => {
      if (url.includes('refused')) throw new HostFunctionError('HTTP_DENIED', 'not there')
      if (url.includes('never')) return new Promise(() => undefined)
      return {
        status: url.includes('empty') ? 204 : 200,
        statusText: 'Fine',
        url: `${url}#there`,
        redirected: url.includes('moved'),
        headers: [
          ['content-type', 'application/json'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['x-two', '1'],
          ['x-two', '2'],
        ],
        body: Buffer.from(
          url.includes('empty') ? '' : JSON.stringify({ url, body: typeof body === 'object' ? [...body] : (body ?? null), ...rest }),
        ),
      }
    },
  },
})

const CASES: Readonly<Record<string, readonly [body: string, value: unknown]>> = {
  'a text and nothing else': [
    `const r = await f('https://a.example/x'); return [r.status, r.ok, r.statusText, r.url, r.redirected, r.type, r instanceof Response, await r.json()]`,
    [200, true, 'Fine', 'https://a.example/x#there', false, 'basic', true, { url: 'https://a.example/x', body: null }],
  ],
  'a URL, headers, a query as body': [
    `return (await f(new URL('https://a.example/?b=c'), { method: 'POST', headers: new Headers({ 'X-A': 'b' }), body: new URLSearchParams({ q: 'é' }), timeout: 500, redirect: 'manual' })).json()`,
    {
      url: 'https://a.example/?b=c',
      body: 'q=%C3%A9',
      method: 'POST',
      headers: [
        ['x-a', 'b'],
        ['content-type', 'application/x-www-form-urlencoded;charset=UTF-8'],
      ],
      timeout: 500,
      redirect: 'manual',
    },
  ],
  bytes: [
    `return (await f('https://a.example/', { method: 'PUT', body: new Uint8Array([1, 2, 3]).subarray(1) })).json()`,
    { url: 'https://a.example/', body: [2, 3], method: 'PUT' },
  ],
  'a request': [
    `const q = new Request('https://a.example', { method: 'patch', headers: { a: 'b' }, body: 'text' }); const r = await f(q, { headers: [['c', 'd']] }); return [await r.json(), q.bodyUsed]`,
    [{ url: 'https://a.example/', body: 'text', method: 'patch', headers: [['c', 'd']], redirect: 'follow' }, true],
  ],
  'a request whose body was read, or is not to be sent': [
    `const of = (...given) => f(...given).then(async (r) => (await r.json()).body, (e) => e.name + ': ' + e.message); const post = () => new Request('https://a.example', { method: 'POST', body: 'one' }); const used = post(); await used.text(); const kept = post(); const whole = post(); const both = await of(whole, { body: 'two' }); return [await of(used, { body: 'x' }), await of(used), await of(kept, { body: null }), kept.bodyUsed, both, whole.bodyUsed]`,
    ['x', 'TypeError: Body is unusable: Body has already been read', 'one', true, 'two', false],
  ],
  'copies of what was read': [
    `const t = (g) => { try { return g() } catch (e) { return e.message } }; const q = new Request('https://a.example', { method: 'POST', body: 'one' }); const r = new Response('one'); await q.text(); await r.text(); return [t(() => q.clone()), t(() => r.clone())]`,
    ['Request.clone: Body has already been consumed.', 'Response.clone: Body has already been consumed.'],
  ],
  'headers of an answer': [
    `const { headers } = await f('https://a.example/'); let changed = 'no'; try { headers.set('a', 'b'); changed = 'yes' } catch (e) { changed = e.name } return [headers.get('X-Two'), headers.getSetCookie(), [...headers.keys()], changed]`,
    ['1, 2', ['a=1', 'b=2'], ['content-type', 'set-cookie', 'set-cookie', 'x-two'], 'TypeError'],
  ],
  'an answer without a body': [
    `const r = await f('https://a.example/empty'); return [r.status, await r.text(), r.bodyUsed, await r.text()]`,
    [204, '', false, ''],
  ],
  'a signal that was aborted, and one that is': [
    `const c = new AbortController(); const late = f('https://a.example/never', { signal: c.signal }).catch((e) => e); await f('https://a.example/'); c.abort('stop'); return [await f('https://a.example/', { signal: AbortSignal.abort('gone') }).catch((e) => e), await late]`,
    ['gone', 'stop'],
  ],
  'what is no request at all': [
    `const of = (...given) => f(...given).catch((e) => e.code ?? e.name); return [await of('https://a', 5), await of('https://a', { headers: { 'a b': 'c' } }), await of('https://a', { signal: {} }), await of('https://refused.example')]`,
    ['TypeError', 'TypeError', 'TypeError', 'HTTP_DENIED'],
  ],
}

for (const combination of COMBINATIONS) {
  test(`${combination.name}: ctx.http.fetch takes and gives what the web's fetch does`, async () => {
    const files = Object.entries(CASES).map(([, [body]], index) => [
      `case-${index}.ts`,
      `export default { needs: { http: true }, on: { 'case-${index}': async (event, ctx) => {\nconst f = ctx.http.fetch\n${body}\n} } }`,
    ])
    await using engine = await openEngine(Object.fromEntries(files), inCombination(combination, options()))
    for (const [index, [name, [, value]]] of Object.entries(CASES).entries()) {
      const outcome = await emitOne(engine, `case-${index}`)
      expectStatus(outcome, 'ok')
      assert.equal(outcome.value, value, name)
    }
  })

  test(`${combination.name}: a refused call shows where it was made`, async () => {
    const script = `export default { needs: { http: true }, on: { async go(_event, ctx) {\n  const { status } =\n    await ctx.http.fetch('https://refused.example/')\n  return status\n} } }`
    await using engine = await openEngine({ 'call.ts': script }, inCombination(combination, options()))
    const { error }: Outcome = await emitOne(engine, 'go')
    assert.equal([error?.code, error?.location?.file, error?.location?.line], ['HTTP_DENIED', 'call.ts', 3])
    assert.match(error?.frame ?? '', /^> 3 \|/m)
  })
}

function options() {
  const policy = { version: 1, defaults: { limits: { cpu: '2s', wall: '60s', loadCpu: '5s' }, allow: { http: true } } }
  return { policy, bindings: [echo] }
}

test.run()
