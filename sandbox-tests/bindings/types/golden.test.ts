// Scripts as people write them, right and wrong, against the types of a small application: what TypeScript 7 says of each, and what to do about it.
// timeout: 300s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { standardBindings } from '../../../bindings/index.ts'
import { emitTypes } from '../../../bindings/types/emit-types.ts'
import { defineBinding, defineEvents } from '../../../engine/index.ts'
import { createTypeChecker } from '../../../engine/pipeline/type-check/type-checker.ts'
import { knownWords } from '../../../engine/pipeline/type-check/type-hints.ts'
import { memoryStore } from '../../../engine/source/memory-store.ts'

const Order = z.object({ id: z.string(), total: z.number().describe('In cents.'), at: z.date(), note: z.string().optional() })

const events = defineEvents({
  'order.created': { payload: Order, description: 'Somebody ordered.' },
  'order.price': { kind: 'filter', payload: z.number() },
  'login.allowed': { kind: 'decision', payload: z.object({ user: z.string() }), answer: z.boolean() },
  ping: {},
})

const mail = defineBinding(
  'mail',
  {
    send: {
      input: z.tuple([z.email().meta({ title: 'to' }), z.string().meta({ title: 'text' }), z.object({ urgent: z.boolean() }).optional()]),
      output: z.object({ id: z.string() }),
      handler: () => ({ id: '' }),
    },
  },
  { grant: z.object({ to: z.array(z.email()) }), description: 'Sends mail.' },
)
const weather = defineBinding('weather', { now: { input: z.tuple([]), output: z.number(), handler: () => 1 } })
const bindings = [...standardBindings({ kv: ':memory:' }), mail, weather]
const environment = emitTypes(bindings, {
  events,
  granted: new Map([
    ['kv', ['**']],
    ['mail', ['hooks/**']],
  ]),
})
const words = knownWords(
  Object.keys(events),
  bindings.map(({ surface }) => surface),
)
const IMPORT = `import { defineScript, type ScriptContext, type ScriptHandler } from 'vivarium/script'\n`

interface Case {
  readonly title: string
  readonly script: string
  /** Of each problem, what its message and its hint must match; none for a script that is right. */
  readonly problems?: readonly (readonly [message: RegExp, hint?: RegExp])[]
}

const define = (inner: string): string => `${IMPORT}export default defineScript({ ${inner} })\n`

const CASES: readonly Case[] = [
  {
    title: 'a script that uses everything',
    script: define(`name: 'Everything', mode: 'queued', max: 3, needs: { kv: true, mail: { to: ['a@example.com'] } },
      on: {
        async 'order.created'(order, ctx) {
          const total: number = order.total
          const year: number = order.at.getFullYear()
          const note: string | undefined = order.note
          const times: number = await ctx.kv.increment('times')
          const { id } = await ctx.mail.send('a@example.com', \`\${note} \${total} \${year} \${times}\`, { urgent: true })
          ctx.log.info('sent', { id, run: ctx.runId, event: ctx.event, gone: ctx.signal.aborted })
          return { anything: [1] }
        },
        'order.price': { priority: 10, run: (price) => price * 0.9 },
        'login.allowed': ({ user }) => { if (user === 'root') return false },
        ping: (payload) => payload.whatever,
        '*': (payload, ctx) => [payload, ctx.event],
      },
      every: { '5m': (tick, ctx) => ctx.kv.set('at', tick.at + tick.missed), '0 8 * * 1-5': { run: async () => {}, timeZone: 'Europe/Berlin', jitter: '10s' } }`),
  },
  {
    title: 'functions of their own, with types of their own',
    script: `${IMPORT}interface Priced { readonly total: number }
      const log = ({ total }: Priced, ctx: ScriptContext) => ctx.log.info('total', { total })
      const count = (key: string, ctx: ScriptContext<'kv'>) => ctx.kv.increment(key)
      export default defineScript({ needs: { kv: true, mail: true }, on: { 'order.created': log, '*': (_event, ctx) => count('all', ctx) } })\n`,
  },
  {
    title: 'the shorthand, with its type',
    script: `${IMPORT}export default ((event, ctx) => ctx.log.info('seen', event)) satisfies ScriptHandler\n`,
  },
  {
    title: 'what the sandbox has beside the language',
    script: define(`on: { ping: async () => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      const url = new URL('/a?b=1', 'https://example.com')
      const text = new TextDecoder().decode(new TextEncoder().encode(url.searchParams.get('b') ?? ''))
      const response = Response.json({ text }, { headers: new Headers({ a: 'b' }) })
      console.log(structuredClone([crypto.randomUUID(), performance.now(), atob(btoa('x'))]), AbortSignal.timeout(5).aborted)
      const { text: same } = await response.json<{ text: string }>()
      return same } }`),
  },
  {
    title: 'a misspelt event',
    script: define(`on: { 'order.creatd': () => 1 }`),
    problems: [[/^There is no event 'order\.creatd'\. Did you mean 'order\.created'\?$/, /^no hint$/]],
  },
  {
    title: 'misspelt events in every form of a handler, each of them told, with parameters that have types',
    script: `${IMPORT}function log(event: { user: string }, ctx: ScriptContext<'kv'>) { ctx.log.info(event.user) }
      export default defineScript({ needs: { kv: true }, on: {
        async 'order.cretaed'(order, ctx) { await ctx.kv.set('x', order.total) },
        'Login.Alowed': (login) => login.user,
        'order.prise': { priority: 1, run: (price, { log }) => log.info('x', price) },
        pin() {},
        login: log,
        nothing: async () => 1,
      } })\n`,
    problems: [
      [/^There is no event 'order\.cretaed'\. Did you mean 'order\.created'\?$/, /^no hint$/],
      [/^There is no event 'Login\.Alowed'\. Did you mean 'login\.allowed'\?$/, /^no hint$/],
      [/^There is no event 'order\.prise'\. Did you mean 'order\.price'\?$/, /^no hint$/],
      [/^There is no event 'pin'\. Did you mean 'ping'\?$/, /^no hint$/],
      [/^There is no event 'login'\. Did you mean 'login\.allowed'\?$/, /^no hint$/],
      [/^There is no event 'nothing'\.$/, /^The application has the events order\.created, order\.price, login\.allowed, ping\.$/],
    ],
  },
  {
    title: 'an event that is near to several',
    script: define(`on: { order: () => 1 }`),
    problems: [[/^There is no event 'order'\. Did you mean 'order\.(created|price)' or 'order\.(created|price)'\?$/, /^no hint$/]],
  },
  {
    title: 'handlers whose names nobody wrote out, and handlers from elsewhere',
    script: `${IMPORT}import type { Handlers } from 'vivarium/script'
      const others: Handlers<'kv'> = { 'order.price': async (price, ctx) => price + (await ctx.kv.increment('x')) }
      const key = 'login.allowed'
      const count = (_event: unknown, ctx: ScriptContext<'kv'>) => ctx.kv.increment('x')
      export default defineScript({ needs: { kv: true }, on: { ...others, [key]: ({ user }) => user === 'root' } })
      export const second = defineScript({ needs: { kv: true }, on: others })
      export const third = defineScript({ needs: { kv: true }, on: Object.fromEntries(['ping'].map((name) => [name, count])) })\n`,
  },
  {
    title: 'a misspelt event in a plain object with its type',
    script: `import type { ScriptDefinition } from 'vivarium/script'\nexport default { on: { 'order.creatd': () => 1 } } satisfies ScriptDefinition\n`,
    problems: [[/''order\.creatd'' does not exist in type 'Handlers</, /^Did you mean "order\.created"\?$/]],
  },
  {
    title: 'a misspelt event beside another mistake',
    script: define(`on: { 'order.price': () => 'free',\n 'order.creatd': (order) => order.total }`),
    problems: [
      [/./, /^The handler of "order\.price" does not fit: Type 'string' is not assignable to type 'number/],
      [/^There is no event 'order\.creatd'\. Did you mean 'order\.created'\?$/],
    ],
  },
  {
    title: 'the same in a plain object with its type',
    script: `import type { ScriptDefinition } from 'vivarium/script'
      export default { on: { 'order.price': () => 'free',\n 'order.creatd': (order) => order.total } } satisfies ScriptDefinition\n`,
    problems: [
      [/./, /^The handler of "order\.price" does not fit: Type 'string' is not assignable to type 'number/],
      [/implicitly has an 'any' type/, /^The application has no event "order\.creatd"\. Did you mean "order\.created"\?$/],
    ],
  },
  {
    title: 'a field that the payload does not have',
    script: define(`on: { 'order.created': (order) => order.totl }`),
    problems: [[/Property 'totl' does not exist on type .* Did you mean 'total'\?/]],
  },
  {
    title: 'a field whose letters changed places',
    script: define(`on: { 'login.allowed': (login) => login.usre === 'root', 'order.created': ({ ntoe, at }) => [ntoe, at.getTiem()] }`),
    problems: [
      [/^Property 'usre' does not exist on type '\{ user: string; \}'\.$/, /^Did you mean "user"\?$/],
      [/Property 'ntoe' does not exist on type/, /^Did you mean "note"\?$/],
      [/'getTiem'.* Did you mean 'getTime'\?/, /^no hint$/],
    ],
  },
  {
    title: 'a field of the payload used as what it is not',
    script: define(`on: { 'order.created': (order) => order.total.toUpperCase() }`),
    problems: [[/Property 'toUpperCase' does not exist on type 'number'/]],
  },
  {
    title: 'a field that may be missing',
    script: define(`on: { 'order.created': (order) => order.note.length }`),
    problems: [[/'order\.note' is possibly 'undefined'/]],
  },
  {
    title: 'a payload that is declared as something else',
    script: define(`on: { 'order.created': (order: { totl: number }) => order.totl }`),
    problems: [[/Property 'totl' is missing in type/, /^The handler of "order\.created" does not fit: Property 'totl' is missing/]],
  },
  {
    title: 'a filter that returns something else than its value',
    script: define(`on: { 'order.price': (price) => String(price) }`),
    problems: [[/./, /^The handler of "order\.price" does not fit: Type 'string' is not assignable to type 'number/]],
  },
  {
    title: 'a filter that now and then returns nothing',
    script: define(`on: { 'order.price': { run: (price) => { if (price > 1) return price } } }`),
    problems: [[/Type 'undefined' is not assignable to type 'number/]],
  },
  {
    title: 'a decision with the wrong answer',
    script: define(`on: { 'login.allowed': async ({ user }) => \`no, \${user}\` }`),
    problems: [[/./, /^The handler of "login\.allowed" does not fit: Type 'string' is not assignable to type .*boolean/]],
  },
  {
    title: 'a binding that the script does not ask for',
    script: define(`on: { async ping(_event, ctx) { await ctx.kv.get('x') } }`),
    problems: [[/Property 'get' does not exist on type 'NotInNeeds<"write needs: \{ kv: true \}">'/]],
  },
  {
    title: 'a binding that the policy grants to nobody; that its handlers have no types then is not one more mistake',
    script: define(`needs: { weather: true }, on: { ping: async (event, { weather }) => (await weather.now()).map((each) => each.x) }`),
    problems: [
      [/^The policy grants weather to no script: an admin would add it under "allow"\.$/],
      [/^The policy grants weather to no script: an admin would add it under "allow"\.$/],
    ],
  },
  {
    title: 'its use',
    script: define(`on: { ping: (_event, ctx) => ctx.weather.now() }`),
    problems: [[/Property 'now' does not exist on type 'NotInNeeds</]],
  },
  {
    title: 'a misspelt need; what it would have given is not one more mistake',
    script: define(`needs: { kv: true, mial: true }, on: { ping: (_event, ctx) => ctx.kv.get('x') }`),
    problems: [[/^There is no binding 'mial'\. Did you mean 'mail'\?$/, /^no hint$/]],
  },
  {
    title: 'a need that is like no other',
    script: define(`needs: { database: true }, on: { ping: () => 1 }`),
    problems: [[/^There is no binding 'database'\.$/, /^There are the bindings .*kv/]],
  },
  {
    title: 'a need in words that the binding does not know',
    script: define(`needs: { kv: { byts: '1MiB' } }, on: { ping: (event, ctx) => 1 }`),
    problems: [[/'byts' does not exist in type .* Did you mean to write 'bytes'\?/s]],
  },
  {
    title: 'a misspelt binding of ctx',
    script: define(`needs: { kv: true }, on: { ping: (_event, ctx) => ctx.vk.get('x') }`),
    problems: [[/Property 'vk' does not exist on type 'ScriptContext</, /^Did you mean "kv"\?$/]],
  },
  {
    title: 'a misspelt method, and wrong arguments',
    script: define(
      `needs: { kv: true, mail: true }, on: { ping: (_event, ctx) => [ctx.kv.gett('x'), ctx.kv.gte('x'), ctx.kv.remember('x'), ctx.kv.get(5), ctx.mail.send('a@example.com')] }`,
    ),
    problems: [
      [/^Property 'gett' does not exist on type 'KvBinding'\. Did you mean 'get'\?$/],
      [/^Property 'gte' does not exist on type 'KvBinding'\.$/, /^Did you mean "get"\?$/],
      [/^Property 'remember' does not exist on type 'KvBinding'\.$/, /^ctx\.kv has .*get, set/],
      [/'number' is not assignable to parameter of type 'string'/],
      [/Expected 2-3 arguments, but got 1/],
    ],
  },
  {
    title: 'a promise that nobody awaits, where its value is wanted',
    script: define(`needs: { kv: true }, on: { 'order.price': (price, ctx) => price + ctx.kv.increment('x') }`),
    problems: [[/Operator '\+' cannot be applied to types 'number' and 'Promise<number>'/]],
  },
  {
    title: 'what Node and browsers have',
    script: define(`on: { async ping() { await fetch('x'); process.exit(); document.title } }`),
    problems: [
      [/Cannot find name 'fetch'/, /needs: \{ http: /],
      [/Cannot find name 'process'/, /not Node/],
      [/Cannot find name 'document'/, /not a browser/],
    ],
  },
  {
    title: 'a plain object, whose handlers nobody types',
    script: `export default { on: { 'order.created'(order, ctx) { ctx.log.info(order) } } }\n`,
    problems: [
      [/Parameter 'order' implicitly/, /defineScript/],
      [/Parameter 'ctx' implicitly/, /defineScript/],
    ],
  },
  {
    title: 'a misspelt key of the definition',
    script: define(`neds: { kv: true }, on: { ping: () => 1 }`),
    problems: [[/'neds' does not exist in type 'WrittenScript<.*Did you mean to write 'needs'\?/]],
  },
]

const store = memoryStore()
const checker = createTypeChecker({ store, environment: () => environment, words: () => words })

for (const { title, script, problems = [] } of CASES) {
  test(`${title}: ${problems.length === 0 ? 'right' : 'wrong'}`, async () => {
    store.write('script.ts', script)
    const found = await checker.check(['script.ts'])
    const shown = found.map(({ code, message, hint }) => `${code} ${message} ## ${hint}`).join('\n')
    assert.is(found.length, problems.length, shown)
    for (const [index, [message, hint]] of problems.entries()) {
      assert.match(found[index]?.message ?? '', message)
      if (hint !== undefined) assert.match(found[index]?.hint ?? 'no hint', hint)
    }
  })
}

test('an application that does not say which events it has takes any', async () => {
  const open = emitTypes(bindings, { events: undefined, granted: new Map([['kv', ['**']]]) })
  await using other = createTypeChecker({ store, environment: () => open })
  store.write('script.ts', define(`needs: { kv: true }, on: { anything: (payload, ctx) => ctx.kv.set('x', payload.whatever.it.is) }`))
  assert.equal(await other.check(['script.ts']), [])
  store.write('script.ts', define(`on: { anything: (payload, ctx) => ctx.kv.set('x', payload.whatever.it.is) }`))
  assert.match((await other.check(['script.ts']))[0]?.message ?? '', 'NotInNeeds')
})

test.after(() => checker.close())

test.run()
