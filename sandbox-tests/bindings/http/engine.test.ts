// ctx.http and ctx.secrets as scripts meet them, on both runtimes: what is granted, what comes back, what a host sees of it.
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { http, type Logger, SecretStore, secrets, standardBindings } from '../../../bindings/index.ts'
import { type AuditRecord, defineBinding } from '../../../engine/index.ts'
import { COMBINATIONS, inCombination } from '../../harness/combinations.ts'
import { emitOne, expectStatus, openEngine, PATIENT } from '../../harness/engines.ts'
import { rejectionOf } from '../../harness/rejection-of.ts'
import { openWorld } from './world.ts'

const TOKEN = 'token-0a1b2c3d4e5f'

function policyWith(allow: object) {
  return { version: 1, defaults: { ...PATIENT.defaults, allow } }
}

for (const combination of COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')) {
  test(`${combination.name}: a script posts JSON with a secret, and reads the response as anywhere`, async () => {
    await using world = await openWorld(undefined, { secrets: { TOKEN } })
    const source = `export default { needs: { http: ['api.example.com'], secrets: ['TOKEN'] }, on: { go: async (order, ctx) => {
      const response = await ctx.http.fetch(new URL('http://api.example.com/orders?x=1'), { method: 'POST', headers: new Headers({ 'x-token': '{{secret:TOKEN}}' }), body: JSON.stringify(order) })
      const echo = await response.clone().json()
      const bytes = await response.bytes()
      const missing = await ctx.http.fetch('http://elsewhere.example/').catch((error) => [error.code, error instanceof Error])
      return [response.ok, response.status, response.headers.get('content-type'), echo.body, echo.headers['x-token'], bytes.length > 0, missing]
    } } }`
    const { resolver, connect, secrets: store } = world.options
    const bindings = standardBindings({ kv: ':memory:', http: { resolver, connect }, secrets: store })
    const policy = policyWith({ http: ['http://*.example.com'], secrets: ['TOKEN'] })
    await using engine = await openEngine({ 'post.ts': source }, inCombination(combination, { policy, bindings }))
    const outcome = await emitOne(engine, 'go', { id: 1 })
    expectStatus(outcome, 'ok')
    assert.equal(outcome.value, [true, 200, 'application/json', '{"id":1}', '*'.repeat(TOKEN.length), true, ['HTTP_DENIED', true]])
    assert.equal(world.requests, ['POST api.example.com /orders?x=1'])
  })

  test(`${combination.name}: a script that is cancelled takes its requests with it`, async () => {
    await using world = await openWorld((request) => void request.socket.once('close', () => closed.resolve(true)))
    const closed = Promise.withResolvers<boolean>()
    const source = `export default { needs: { http: true }, on: { go: (_, ctx) => ctx.http.fetch('http://api.example.com/') } }`
    const policy = policyWith({ http: ['http://*.example.com'] })
    const options = inCombination(combination, { policy, bindings: [http(world.options)] })
    await using engine = await openEngine({ 'wait.ts': source }, options)
    const outcome = await emitOne(engine, 'go', null, { limits: { wall: '1s' } })
    expectStatus(outcome, 'wall_exceeded')
    assert.ok(await closed.promise)
  })

  test(`${combination.name}: nobody who watches sees a secret, and the host gets the value it asked for`, async () => {
    const seen: unknown[] = []
    const logger = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, (...args: unknown[]) => seen.push(args)]))
    const source = `export default { needs: { secrets: { TOKEN: 'read' } }, on: {
      async log(_, ctx) { const token = await ctx.secrets.get('TOKEN'); ctx.log.info('it is ' + token, { [token]: [token] }); return token },
      async fail(_, ctx) { const token = await ctx.secrets.get('TOKEN'); throw Object.assign(new RangeError('it is ' + token), { code: token, cause: token }) },
    } }`
    const bindings = standardBindings({ kv: ':memory:', secrets: { TOKEN }, logger: logger as unknown as Logger })
    await using engine = await openEngine(
      { 'leak.ts': source },
      inCombination(combination, {
        policy: policyWith({ secrets: { TOKEN: 'read' } }),
        bindings,
        audit: (record: AuditRecord) => seen.push(record),
        observer: { run: (outcome) => void seen.push([outcome.logs, outcome.error]), hostCall: (...told) => void seen.push(told) },
      }),
    )
    engine.on('run', ({ logs, error }) => seen.push([logs, error]))
    const good = await emitOne(engine, 'log')
    expectStatus(good, 'ok')
    assert.is(good.value, TOKEN)
    const bad = await emitOne(engine, 'fail')
    expectStatus(bad, 'exception')
    assert.is(bad.error?.message, 'it is [secret TOKEN]')
    const text = inspect([seen, good.logs, bad.error], { depth: 30, maxStringLength: null })
    assert.not.ok(text.includes(TOKEN), text.slice(text.indexOf(TOKEN) - 300, text.indexOf(TOKEN) + 50))
    assert.ok(text.includes('[secret TOKEN]'))
    assert.ok(seen.length >= 8, `${seen.length} were told`)
  })
}

test('a need is narrowed to what policy covers; what it does not cover is said, or refused', async () => {
  const script = (need: string) => `export default { needs: { http: ${need} }, on: { go: () => 1 } }`
  const files = {
    'part.ts': script(`['GET a.example.com', 'other.example']`),
    'none.ts': script(`['other.example']`),
    'all.ts': script('true'),
    'caps.ts': script(`{ hosts: ['*'], timeout: '60s', response: '1KiB' }`),
    'odd.ts': script(`[{ host: 1 }]`),
  }
  await using engine = await openEngine(files, { policy: policyWith({ http: ['*.example.com'] }), bindings: [http()] })
  const of = (id: string) => engine.scripts().find((info) => info.id === id)
  assert.is(of('part')?.status, 'ready')
  assert.match(of('part')?.warnings.join() ?? '', 'asks for http: other.example, which the policy does not grant')
  assert.is(of('none')?.status, 'denied')
  assert.match(of('none')?.denied[0]?.policyLine ?? '', 'allow: { http: ["other.example"] }')
  assert.equal(of('all')?.warnings, [])
  assert.match(of('caps')?.warnings.join() ?? '', 'timeout 60000')
  assert.is(of('odd')?.status, 'denied')
})

test('what policy writes of hosts and secrets is held against what there is', async () => {
  const refusal = async (allow: object) => {
    const store = new SecretStore({ TOKEN })
    const bindings = [http({ secrets: store }), secrets({ secrets: store })]
    return String(
      await rejectionOf(openEngine({ 'a.ts': 'export default { on: { go: () => 1 } }' }, { policy: policyWith(allow), bindings })),
    )
  }
  assert.match(await refusal({ http: true }), 'name the hosts')
  assert.match(await refusal({ http: ['https://example.com/path'] }), 'without a path')
  assert.match(await refusal({ http: ['0.0.0.0'] }), 'cannot be granted')
  assert.match(await refusal({ http: { hosts: ['example.com'], private: ['10.0.0.0/8'] } }), 'ranges cannot be granted')
  assert.match(await refusal({ http: { hosts: ['example.com'], timeout: '2m' } }), 'at most 60s')
  assert.match(await refusal({ http: { hosts: ['example.com'], reponse: '1KiB' } }), 'reponse')
  assert.match(await refusal({ http: [] }), 'at least one host')
  assert.match(await refusal({ secrets: ['TOKE'] }), 'Did you mean "TOKEN"?')
})

test('a binding of the host’s own may redact, too; one that fails at it shows nothing', async () => {
  const bindings = (redact: (text: string) => string) => [
    defineBinding('cards', { get: { input: z.tuple([]), output: z.string(), handler: () => '4111' } }, { redact }),
  ]
  const source = `export default { needs: { cards: true }, on: { go: async (_, ctx) => { ctx.log.info('card ' + await ctx.cards.get()); return 1 } } }`
  const logOf = async (redact: (text: string) => string) => {
    await using engine = await openEngine({ 'a.ts': source }, { policy: policyWith({ cards: true }), bindings: bindings(redact) })
    return (await emitOne(engine, 'go')).logs[0]?.message
  }
  assert.is(await logOf((text) => text.replaceAll('4111', '[card]')), 'card [card]')
  assert.is(
    await logOf(() => {
      throw new Error('no')
    }),
    '[redacted]',
  )
})

test.run()
