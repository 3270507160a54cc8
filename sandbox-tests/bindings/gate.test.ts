// The gate's contract: every refusal, nothing of the host in any of them, and a record of each call.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Binding, BindingCall } from '../../bindings/binding.ts'
import type { AuditRecord } from '../../bindings/call-report.ts'
import { defineBinding } from '../../bindings/define-binding.ts'
import { createGate } from '../../bindings/gate.ts'
import { HostFunctionError } from '../../bindings/host-function-error.ts'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import { firstCause } from '../../engine/model/event.ts'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { answerOf, callThrough, codeOf, messageOf } from './call-through.ts'

const SECRET = '/srv/app/secret-config.json'
const mail = z.object({ to: z.email(), cc: z.array(z.email()).optional() })

/** A schema of no library, that judges later. */
const later = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: async (value: unknown) => {
      await Promise.resolve()
      const [first] = value as unknown[]
      return typeof first === 'number'
        ? { value: [first * 2] as [number] }
        : { issues: [{ message: 'is no number', path: [{ key: 0 }, 'deep'] }] }
    },
  },
}

const seen: { call: BindingCall; args: unknown[] }[] = []

const sample: Binding = defineBinding('sample', {
  send: {
    input: z.tuple([mail, z.string().default('hello')]),
    output: z.string(),
    cost: 5,
    handler: (call, to, text) => {
      seen.push({ call, args: [to, text] })
      return `${to.to}: ${text}`
    },
  },
  double: { input: later, output: z.number(), handler: (_call, n) => n },
  any: { input: z.array(z.unknown()), output: z.unknown(), handler: (_call, ...args) => args[0] },
  deep: { input: z.tuple([z.array(z.array(z.array(z.unknown())))]), output: z.number(), handler: () => 1 },
  crash: { input: z.tuple([]), output: z.void(), handler: () => void JSON.parse(`{${SECRET}`) },
  reject: {
    input: z.tuple([]),
    output: z.void(),
    handler: () => Promise.reject(Object.assign(new Error(`ENOENT: ${SECRET}`), { code: 'ENOENT', path: SECRET })),
  },
  throwNothing: { input: z.tuple([]), output: z.void(), handler: () => Promise.reject(undefined) },
  refuse: {
    input: z.tuple([]),
    output: z.void(),
    handler: () => {
      throw new HostFunctionError('ORDER_UNKNOWN', 'There is no order 7.')
    },
  },
  wait: {
    input: z.tuple([]),
    output: z.string(),
    handler: (call) =>
      new Promise<string>((resolve) => call.signal.addEventListener('abort', () => resolve(`aborted: ${call.signal.reason}`))),
  },
  broken: {
    input: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 'no array' }) } } as unknown as typeof later,
    output: z.void(),
    handler: () => {},
  },
})

const replies: Record<string, unknown> = {}
const host = defineBinding('host', {
  reply: { input: z.tuple([z.string()]), output: z.unknown(), handler: (_call, name) => replies[name] },
  typed: {
    input: z.tuple([]),
    output: z.object({ user: z.object({ age: z.number() }) }),
    handler: () => ({ user: { age: SECRET as unknown as number } }),
  },
})

const records: AuditRecord[] = []
const gate = createGate({ bindings: [sample, host], audit: (record) => records.push(record), clock: () => 1_000 })
const granted = callThrough(gate, { grant: { sample: true, host: true } })

/** Where the reply did not fit, as the first record has it. */
function lastHint(): string {
  const error = records[0]?.error
  return isEngineError(error) ? String(error.hint) : ''
}

test.before.each(() => {
  records.length = 0
  seen.length = 0
})

test('a granted call with valid arguments reaches the handler, with defaults filled in and the identity of the run', async () => {
  assert.is(answerOf(await granted('sample.send', { to: 'a@b.co', extra: 1 })), 'a@b.co: hello')
  const [{ call, args } = { call: undefined, args: [] }] = seen
  assert.equal(args, [{ to: 'a@b.co' }, 'hello'])
  assert.is(call?.script, 'greet')
  assert.is(call?.runId, 'run-1')
  assert.is(call?.event, 'order.created')
  assert.is(call?.tenant, undefined)
  assert.is(call?.grant, true)
})

test('names that are no host function are refused, also those that every object has', async () => {
  const names = [
    '',
    'sample.',
    '.send',
    'nobody.send',
    'sample.nothing',
    'sample.constructor',
    'sample.__proto__',
    'sample.toString',
    'sample.hasOwnProperty',
    'sample.size',
    'sample.get',
  ]
  const bindings = [
    '__proto__.send',
    'constructor.name',
    'toString.call',
    'hasOwnProperty.call',
    'prototype.send',
    'sample .send',
    'Sample.send',
  ]
  for (const name of [...names, ...bindings]) assert.is(codeOf(await granted(name)), 'HOST_FUNCTION_UNKNOWN', name)
  assert.is(seen.length, 0)
})

test('names that are not even text are refused and recorded', async () => {
  const signal = new AbortController().signal
  for (const forged of [1, null, undefined, {}, [], ['sample'], Object.create(null), { toString: () => 'sample' }]) {
    const call = {
      script: 's',
      tenant: undefined,
      runId: 'r',
      event: 'e',
      cause: firstCause('e'),
      grant: { sample: true },
      method: forged as string,
      args: [],
      signal,
      budget: { limits: DEFAULT_LIMITS, cpuMs: 0, wallMs: 0, hostCalls: 1, wallDeadline: 0 },
    }
    assert.is(codeOf(await gate.handle({ ...call, binding: 'sample' })), 'HOST_FUNCTION_UNKNOWN')
    assert.is(codeOf(await gate.handle({ ...call, binding: forged as string })), 'HOST_FUNCTION_UNKNOWN')
  }
  assert.ok(records.every(({ binding, method }) => typeof binding === 'string' && typeof method === 'string'))
})

test('a name of any length is cut before it is shown or kept', async () => {
  const reply = await granted(`sample.${'x'.repeat(100_000)}`)
  assert.ok(messageOf(reply).length < 300)
  assert.ok((records[0]?.method.length ?? 0) < 100)
})

test('a call without a grant is refused before its arguments are looked at', async () => {
  for (const grant of [{}, { host: true }, { sample: false }, { sample: null }, Object.create({ sample: true })]) {
    assert.is(codeOf(await callThrough(gate, { grant })('sample.send', { to: 'a@b.co' })), 'HOST_CALL_DENIED')
  }
  assert.is(seen.length, 0)
})

test('a refused call says which function and which script', async () => {
  const reply = await callThrough(gate, { script: 'reports/weekly' })('sample.send')
  assert.ok(!reply.ok)
  assert.is(reply.error.message, '"reports/weekly" was not granted "sample.send".')
})

test('arguments that the schema does not take are refused with the place, counted from 1', async () => {
  const cases: [unknown[], string][] = [
    [[{ to: 'nobody' }], 'argument 1.to'],
    [[{ to: 'a@b.co', cc: ['a@b.co', 'x'] }], 'argument 1.cc[1]'],
    [[{ to: 'a@b.co' }, 7], 'argument 2'],
    [[], 'argument'],
    [[{ to: 'a@b.co' }, 'x', 'one too many'], 'the list of arguments'],
  ]
  for (const [args, place] of cases) {
    const reply = await granted('sample.send', ...args)
    assert.is(codeOf(reply), 'ARGUMENT_INVALID')
    assert.match(messageOf(reply), place)
  }
  assert.is(seen.length, 0)
})

test('schemas of any library work, also those that judge later', async () => {
  assert.is(answerOf(await granted('sample.double', 21)), 42)
  const reply = await granted('sample.double', 'x')
  assert.is(messageOf(reply), 'sample.double: argument 1.deep is not valid: is no number')
})

test('keys that pollute prototypes are refused wherever they stand', async () => {
  const forged = [
    JSON.parse('{"__proto__":{"polluted":true}}'),
    [{ a: JSON.parse('{"__proto__":1}') }],
    { constructor: { prototype: { polluted: true } } },
  ]
  for (const value of forged) assert.is(codeOf(await granted('sample.any', value)), 'ARGUMENT_INVALID')
  const reply = await granted('sample.any', [{ a: JSON.parse('{"__proto__":1}') }])
  assert.match(messageOf(reply), 'argument 1[0].a.__proto__')
  assert.equal(answerOf(await granted('sample.any', { constructor: 'a word', prototype: 'another' })), {
    constructor: 'a word',
    prototype: 'another',
  })
  assert.is(({} as { polluted?: boolean }).polluted, undefined)
})

test('cyclic and shared values, dates, maps, sets and big integers pass as they are', async () => {
  const cyclic: Record<string, unknown> = {
    when: new Date(0),
    map: new Map([[{}, new Set([1n])]]),
    bytes: new Uint8Array(3),
    none: undefined,
    nan: Number.NaN,
  }
  cyclic['self'] = cyclic
  assert.is(answerOf(await granted('sample.any', cyclic)), cyclic)
})

test('an argument that a schema would take forever to follow is refused at once', async () => {
  const row = Array.from({ length: 5_000 }, () => 1)
  const plane = Array.from({ length: 5_000 }, () => row)
  assert.is(
    codeOf(
      await granted(
        'sample.deep',
        Array.from({ length: 5_000 }, () => plane),
      ),
    ),
    'ARGUMENT_INVALID',
  )
  const tangle: unknown[] = []
  for (let index = 0; index < 1_000; index++) tangle.push(tangle)
  assert.is(codeOf(await granted('sample.deep', tangle)), 'ARGUMENT_INVALID')
})

test('an argument that nests deeper than a reader can follow is refused', async () => {
  let nested: unknown = 1
  for (let level = 0; level < 200_000; level++) nested = [nested]
  assert.is(codeOf(await granted('sample.any', nested)), 'ARGUMENT_INVALID')
})

test('an array that claims billions of items is refused without counting them', async () => {
  assert.is(codeOf(await granted('sample.any', { list: Object.assign([], { length: 2 ** 32 - 1 }) })), 'ARGUMENT_INVALID')
})

test('nothing of a host error reaches the script, all of it reaches the audit', async () => {
  for (const name of ['sample.crash', 'sample.reject', 'sample.throwNothing']) {
    const reply = await granted(name)
    assert.equal(reply, { ok: false, error: { code: 'HOST_FAILURE', message: `${name} failed on the host.` } })
  }
  assert.instance(records[0]?.error, SyntaxError)
  assert.match(String(records[1]?.error), SECRET)
})

test('an error that the handler means for the script crosses with its code and message only', async () => {
  assert.equal(await granted('sample.refuse'), { ok: false, error: { code: 'ORDER_UNKNOWN', message: 'There is no order 7.' } })
})

test('what is redacted in a failure is found before the failure is cut to length', async () => {
  const key = 'key-0123456789abcdef'
  const binding = defineBinding(
    'vault',
    {
      fail: {
        input: z.tuple([z.int(), z.int()]),
        output: z.void(),
        handler: (_call, ofCode, ofMessage) => {
          throw new HostFunctionError(`${'C'.repeat(ofCode)}${key}`, `${'x'.repeat(ofMessage)}${key}`)
        },
      },
    },
    { redact: (text) => text.replaceAll(key, '[key]') },
  )
  const call = callThrough(createGate({ bindings: [binding] }), { grant: { vault: true } })
  for (const shown of [0, 1, 5, 19, 20]) {
    const reply = await call('vault.fail', 64 - shown, 2_000 - shown)
    assert.not.match(JSON.stringify(reply), /key-|k…/, `${shown} characters before the cut`)
    assert.ok(codeOf(reply).length <= 65 && messageOf(reply).length <= 2_001)
  }
})

test('a handler that throws a hostile object harms nobody', async () => {
  const bomb = new Proxy(
    {},
    {
      has: () => {
        throw new Error(SECRET)
      },
      get: () => {
        throw new Error(SECRET)
      },
    },
  )
  const binding = defineBinding('bomb', {
    go: {
      input: z.tuple([]),
      output: z.void(),
      handler: () => {
        throw bomb
      },
    },
  })
  const reply = await callThrough(createGate({ bindings: [binding] }), { grant: { bomb: true } })('bomb.go')
  assert.is(codeOf(reply), 'HOST_FAILURE')
  assert.not.match(JSON.stringify(reply), SECRET)
})

test('a handler sees that its run is over', async () => {
  const abort = new AbortController()
  const pending = callThrough(gate, { grant: { sample: true }, signal: abort.signal })('sample.wait')
  abort.abort('the run ended')
  assert.is(answerOf(await pending), 'aborted: the run ended')
})

test('a reply that does not fit its schema is the host’s fault, and only the audit knows where', async () => {
  const reply = await granted('host.typed')
  assert.is(codeOf(reply), 'HOST_REPLY_INVALID')
  assert.not.match(JSON.stringify(reply), 'user')
  assert.match(lastHint(), 'reply.user.age')
})

test('a reply that is not plain is refused, with the place in the audit', async () => {
  class Order {
    readonly id = 7
  }
  let ran = 0
  const hidden = Object.defineProperty({}, 'now', { enumerable: true, get: () => ran++ })
  const cases: [string, unknown, string][] = [
    ['function', { items: [{ save: () => 1 }] }, 'reply.items[0].save is a function'],
    ['symbol', [Symbol('s')], 'reply[0] is a symbol'],
    ['symbol key', { a: { [Symbol('s')]: 1 } }, 'reply.a is an object with a symbol as key'],
    ['instance', { order: new Order() }, 'reply.order is an instance of Order'],
    ['error', new Error('x'), 'reply is an instance of Error'],
    ['promise', [Promise.resolve(1)], 'reply[0] is an instance of Promise'],
    ['getter', { a: hidden }, 'reply.a.now is a getter'],
    ['proxy', { a: new Proxy({}, {}) }, 'reply.a is a proxy'],
    ['in a map', new Map([[1, () => 1]]), 'reply[0] is a function'],
    ['odd key', { 'a b': () => 1 }, 'reply["a b"] is a function'],
  ]
  for (const [name, value, hint] of cases) {
    replies[name] = value
    records.length = 0
    assert.is(codeOf(await granted('host.reply', name)), 'HOST_REPLY_INVALID', name)
    assert.is(lastHint(), hint)
  }
  assert.is(ran, 0)
})

test('plain replies pass: JSON and its seven additions', async () => {
  const value: Record<string, unknown> = {
    a: [null, 1, 'x', true, undefined, Number.NaN, 1n],
    when: new Date(),
    bytes: Buffer.from('x'),
    map: new Map([[{}, 1]]),
    set: new Set([[]]),
    bare: Object.create(null),
  }
  value['self'] = value
  replies['plain'] = value
  assert.is(answerOf(await granted('host.reply', 'plain')), value)
})

test('an input schema that makes no list of arguments is the host’s fault', async () => {
  assert.is(codeOf(await granted('sample.broken', 1)), 'HOST_FAILURE')
})

test('every call is recorded with who, what, cost, time and result', async () => {
  await granted('sample.send', { to: 'a@b.co' })
  await granted('sample.send', { to: 'x' })
  await callThrough(gate, { tenant: 'acme' })('sample.send')
  const [good, invalid, denied] = records
  const { ms, ...rest } = good ?? { ms: -1 }
  assert.ok(ms >= 0)
  assert.equal(rest, {
    at: 1_000,
    script: 'greet',
    tenant: undefined,
    runId: 'run-1',
    event: 'order.created',
    binding: 'sample',
    method: 'send',
    cost: 5,
    ok: true,
  })
  assert.equal([invalid?.ok, invalid?.code, invalid?.cost], [false, 'ARGUMENT_INVALID', 5])
  assert.equal([denied?.tenant, denied?.code, denied?.cost], ['acme', 'HOST_CALL_DENIED', 0])
})

test('an audit sink or a listener that fails changes no reply', async () => {
  const fails = () => Promise.reject(new Error('the disk is full'))
  const throws = () => {
    throw new Error('the disk is full')
  }
  for (const audit of [fails, throws]) {
    const broken = createGate({ bindings: [sample], audit, onCall: audit })
    assert.is(answerOf(await callThrough(broken, { grant: { sample: true } })('sample.double', 1)), 2)
  }
})

test('a listener gets the call, the reply and how long it took', async () => {
  const heard: unknown[] = []
  const listening = createGate({ bindings: [sample], onCall: (call, reply, ms) => heard.push(call.method, reply.ok, typeof ms) })
  await callThrough(listening, { grant: { sample: true } })('sample.double', 1)
  assert.equal(heard, ['double', true, 'number'])
})

test('two bindings of one name are refused, and surfaces are those of the bindings', () => {
  assert.throws(
    () => createGate({ bindings: [sample, sample] }),
    (error: { code?: string }) => error.code === 'BINDING_DUPLICATE',
  )
  assert.equal(
    gate.surfaces.map(({ name }) => name),
    ['sample', 'host'],
  )
})

test('closing closes every binding, in spite of one that fails', async () => {
  const closed: string[] = []
  const method = { go: { input: z.tuple([]), output: z.void(), handler: () => {} } }
  const bad = defineBinding('bad', method, { close: () => Promise.reject(new Error('stuck')) })
  const good = defineBinding('good', method, { close: () => void closed.push('good') })
  let caught: unknown
  await createGate({ bindings: [bad, good] })
    .close()
    .catch((error) => (caught = error))
  assert.equal(closed, ['good'])
  assert.is((caught as Error).message, 'stuck')
})

test.run()
