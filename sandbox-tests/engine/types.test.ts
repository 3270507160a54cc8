// timeout: 300s
// What a host's editor says: events, payloads, answers and bindings are typed, and each mistake is one.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import { fail } from '../harness/expect-none.ts'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const HOST = `
import { createEngine, defineBinding, defineEvents, isEngineError, memoryStore, type Engine, type Outcome } from '${join(ROOT, 'engine/index.ts')}'
import { standardBindings } from '${join(ROOT, 'bindings/index.ts')}'
import { z } from '${join(ROOT, 'node_modules/zod/index.js')}'

const events = defineEvents({
  'order.created': { payload: z.object({ id: z.number(), note: z.string().default('') }) },
  'order.price': { kind: 'filter', payload: z.number() },
  'order.code': { kind: 'filter', payload: z.string().transform((text) => text.length) },
  'login.allowed': { kind: 'decision', payload: z.object({ user: z.string() }), answer: z.boolean() },
  'no.payload': {},
  'said.event': { kind: 'event', payload: z.string() },
})
const engine = await createEngine({ events, bindings: standardBindings({ kv: ':memory:' }) })

const { outcomes } = await engine.emit('order.created', { id: 1 })
const all: readonly Outcome[] = outcomes
for (const outcome of all) {
  if (outcome.status === 'ok') { const value: unknown = outcome.value; void value }
  else { const code: string = outcome.error.code; void code }
  // @ts-expect-error only a failed outcome has an error for certain
  outcome.error.code
}
await engine.emit('no.payload', undefined)
await engine.emit('said.event', 'x', { tenant: 'a', signal: AbortSignal.timeout(5), limits: { wall: '1s', hostCalls: 3 } })
// @ts-expect-error a misspelt event
await engine.emit('order.craeted', { id: 1 })
// @ts-expect-error a wrong payload
await engine.emit('order.created', { id: 'one' })
// @ts-expect-error a payload that is missing
await engine.emit('order.created')
// @ts-expect-error an event of another kind
await engine.emit('order.price', 1)
// @ts-expect-error a limit that there is not
await engine.emit('order.created', { id: 1 }, { limits: { wal: '1s' } })
// @ts-expect-error a tenant that is no text
await engine.emit('order.created', { id: 1 }, { tenant: 7 })

const price: number = (await engine.filter('order.price', 10)).value
const stoppedBy: string | undefined = (await engine.filter('order.price', price)).stoppedBy
void stoppedBy
const code: number = (await engine.filter('order.code', 'x')).value
void code
// @ts-expect-error a wrong value
await engine.filter('order.price', '10')
// @ts-expect-error an event is no filter
await engine.filter('order.created', { id: 1 })
// @ts-expect-error what comes out of a filter is what its schema makes
const text: string = (await engine.filter('order.price', 10)).value
void text

const allowed: boolean | undefined = (await engine.decide('login.allowed', { user: 'x' })).value
void allowed
// @ts-expect-error nobody may have answered
const surely: boolean = (await engine.decide('login.allowed', { user: 'x' })).value
void surely
// @ts-expect-error a wrong payload
await engine.decide('login.allowed', { name: 'x' })
// @ts-expect-error a filter is no decision
await engine.decide('order.price', 1)

const stop: () => void = engine.on('script-failed', ({ id, error }) => void [id.length, error?.frame?.length])
stop()
engine.on('run', (outcome) => void outcome.usage.cpuMs)
engine.on('policy-failed', (error) => void error.place?.line)
// @ts-expect-error what is never announced
engine.on('script-fialed', () => undefined)

defineBinding('mail', {
  send: {
    input: z.tuple([z.email(), z.string().default('')]),
    output: z.object({ id: z.string() }),
    handler(call, to, text) {
      // @ts-expect-error policy may write true, where the schema has no default
      const { from: surely } = call.grant
      const texts: [string, string, string] = [to, text, call.grant === true ? surely : call.grant.from]
      return { id: texts.join() }
    },
  },
}, { grant: z.object({ from: z.string() }) })
defineBinding('bad', {
  // @ts-expect-error the reply does not fit its own declaration
  take: { input: z.tuple([z.number()]), output: z.string(), handler: (_call, n) => n },
})

await createEngine({ scripts: memoryStore({ 'a.ts': '' }), policy: { version: 1 }, workers: 1, placement: 'inline', imageCache: '1MiB', bundleCache: false })
// @ts-expect-error a misspelt option
await createEngine({ script: './scripts' })
// @ts-expect-error a placement that there is not
await createEngine({ placement: 'cloud' })
// @ts-expect-error a filter needs a schema
defineEvents({ price: { kind: 'filter' } })
// @ts-expect-error a decision needs a schema of its answer
defineEvents({ may: { kind: 'decision', payload: z.string() } })
// @ts-expect-error a kind that there is not
defineEvents({ may: { kind: 'hook', payload: z.string() } })

const untyped: Engine = await createEngine()
await untyped.emit('anything', { goes: true })
const anything: unknown = (await untyped.filter('anything', 1)).value
void anything
const evaluated: Outcome = await untyped.evaluate('export default (e) => e', { event: 1, name: 'x', tenant: 'a' })
void evaluated
try { await untyped.reload() } catch (error) { if (isEngineError(error)) void [error.code === 'ENGINE_CLOSED', error.place?.frame] }
await untyped[Symbol.asyncDispose]()
`
const SCRIPT = `
import { defineScript } from '${join(ROOT, 'engine/script.ts')}'

export default defineScript({
  name: 'Typed',
  needs: { kv: true, http: ['example.com'] },
  on: {
    'order.created': async (order, ctx) => {
      const texts: [string, string] = [ctx.event, ctx.runId]
      ctx.log.info('order', { id: order.id })
      ctx.signal.throwIfAborted()
      await ctx['kv'].increment('n')
      return texts
    },
    'order.price': { priority: 5, run: (price) => price * 2 },
  },
  every: { '0 8 * * 1-5': async (_tick, ctx) => ctx.log.warn('morning') },
})
// @ts-expect-error a key that there is not
export const misspelt = defineScript({ onn: {} })
// @ts-expect-error a handler that is no function
export const handler = defineScript({ on: { go: 7 } })
// @ts-expect-error a priority that is no number
export const priority = defineScript({ on: { go: { priority: 'high', run: () => 1 } } })
export const log = defineScript({
  on: {
    // @ts-expect-error a level that there is not
    go: (_payload, ctx) => ctx.log.fatal('x'),
  },
})
`

test('a host and a script are typed from end to end, and every mistake in them is found', () => {
  using directory = tempDirectory({
    'host.ts': HOST,
    'script.ts': SCRIPT,
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')], rewriteRelativeImportExtensions: false },
      include: ['host.ts', 'script.ts', join(ROOT, 'engine/sandbox/platform.d.ts')],
      exclude: [],
    }),
  })
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', directory.path], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) fail(`tsc:\n${stdout}${stderr}`)
})

test.run()
