// Messages as text: every kind comes back as it was, batches split where they were joined, and no text passes for a message of its own.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { NO_USAGE } from '../../engine/model/usage.ts'
import { Decoder, Encoder, type TextMessage } from '../../engine/runner/codec.ts'
import type { EndedMessage, RunMessage } from '../../engine/runner/protocol.ts'
import { anyMessage, hostileText, MESSAGES } from './messages.ts'

const RUNS = { numRuns: 300 }

/** The messages of a text, as the far end of a channel reads it. */
function split(text: string, decoder = new Decoder()): TextMessage[] {
  const messages: TextMessage[] = []
  decoder.decode(text, (message) => messages.push(message))
  return messages
}

/** Messages as one end of a channel writes them. */
function join(messages: readonly TextMessage[], encoder = new Encoder()): string {
  return messages.map((message) => encoder.encode(message)).join('\n')
}

for (const [kind, messages] of Object.entries(MESSAGES) as [string, fc.Arbitrary<TextMessage>][]) {
  test(`a message of kind "${kind}" comes back as it was, in exactly two lines`, () => {
    const property = fc.property(messages, (message) => {
      const text = join([message])
      assert.is(text.split('\n').length, 2)
      assert.equal(split(text), [message])
    })
    fc.assert(property, RUNS)
  })
}

test('a batch splits into the messages that were joined, in order', () => {
  const property = fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 8 }), (messages) => {
    assert.equal(split(join(messages)), messages)
  })
  fc.assert(property, RUNS)
})

test('an empty text holds no messages; empty bodies at the end, at the start and between others are kept', () => {
  assert.equal(split(''), [])
  const empty: TextMessage = { kind: 'reply', id: 1, call: 1, ok: true, text: '', now: 0 }
  const other: TextMessage = { kind: 'unload', id: 2 }
  for (const messages of [[empty], [empty, empty], [empty, other], [other, empty], [other, empty, other]])
    assert.equal(split(join(messages)), messages)
})

test('a result and arguments that were tampered with are one message, whatever stands in them', () => {
  const property = fc.property(hostileText, (text) => {
    const ended: TextMessage = {
      kind: 'ended',
      id: 1,
      end: { status: 'ok', value: text, usage: NO_USAGE, logs: [] },
      state: { isFresh: true, isKept: false },
    }
    const call: TextMessage = { kind: 'call', id: 2, call: 3, name: text, args: text, cpuMs: 0 }
    const next: TextMessage = { kind: 'unload', id: 4 }
    const got = split(join([ended, call, next]))
    assert.equal(
      got.map(({ kind }) => kind),
      ['ended', 'call', 'unload'],
    )
    assert.is((got[1] as { name: string }).name, text)
    assert.equal(got[2], next)
  })
  fc.assert(property, RUNS)
})

test('times are kept to a microsecond', () => {
  const usage = { ...NO_USAGE, cpuMs: 1.234_567_8, wallMs: 0.000_4 }
  const text = join([
    {
      kind: 'ended',
      id: 1,
      end: { status: 'ok', value: '1', usage, logs: [] },
      state: { isFresh: true, isKept: true },
    },
  ])
  const [message] = split(text) as EndedMessage[]
  assert.is(message?.end.usage.cpuMs, 1.235)
  assert.is(message?.end.usage.wallMs, 0)
})

test('runs of one script share what they repeat, and differ in what differs', () => {
  const image = { offset: 64, length: 128 }
  const base: RunMessage = {
    kind: 'run',
    id: 1,
    key: 'key',
    image,
    event: 'a',
    runId: 'r',
    payload: '1',
    limits: DEFAULT_LIMITS,
    roomBytes: DEFAULT_LIMITS.memoryBytes,
    wallMs: 5,
    now: 1,
    seed: '00',
    state: '',
  }
  const runs: RunMessage[] = [
    base,
    { ...base, id: 2, payload: '2' },
    { ...base, id: 3, event: 'b' },
    { ...base, id: 4, limits: { ...DEFAULT_LIMITS, cpuMs: 7 } },
    { ...base, id: 5, state: 'kept' },
    { ...base, id: 6, image: { ...image, length: 256 } },
    { ...base, id: 7, key: 'other', image: { ...image } },
    base,
  ]
  const got = split(join(runs)) as RunMessage[]
  assert.equal(got, runs)
  assert.is(got[0]?.limits, got[1]?.limits)
})

test('what repeats is forgotten after a thousand scripts, and read anew', () => {
  const run = (i: number): RunMessage => ({
    kind: 'run',
    id: i,
    key: `key${i}`,
    image: { offset: i, length: 1 },
    event: 'a',
    runId: 'r',
    payload: '1',
    limits: DEFAULT_LIMITS,
    roomBytes: DEFAULT_LIMITS.memoryBytes,
    wallMs: 5,
    now: 1,
    seed: '00',
    state: '',
  })
  const encoder = new Encoder()
  const decoder = new Decoder()
  const known = run(1)
  const pass = (message: RunMessage): RunMessage => split(join([message], encoder), decoder)[0] as RunMessage
  assert.equal(pass(known), known)
  assert.ok(join([known], encoder).length < 60, 'what was said already is not said again')
  for (let i = 2; i <= 2_500; i++) assert.equal(pass(run(i)), run(i))
  assert.equal(pass(known), known)
})

test('whichever scripts take turns, each run comes back as it was', () => {
  const limits = [DEFAULT_LIMITS, { ...DEFAULT_LIMITS, cpuMs: 7 }]
  const images = Array.from({ length: 1_500 }, (_, i) => ({ offset: i * 64, length: 64 }))
  const runs = fc.tuple(fc.nat({ max: 1_499 }), fc.constantFrom('a', 'b'), fc.constantFrom(...limits), fc.constantFrom('', 'kept'))
  fc.assert(
    fc.property(fc.array(runs, { minLength: 1, maxLength: 3_000, size: 'max' }), (drawn) => {
      const messages = drawn.map(([script, event, limit, state], index): RunMessage => {
        const image = images[script] as RunMessage['image']
        const { memoryBytes: roomBytes } = limit
        const terms = { key: `key${script}`, image, event, limits: limit, roomBytes, state }
        return { kind: 'run', id: index * 2, runId: 'r', payload: '1', wallMs: 5, now: 1, seed: '00', ...terms }
      })
      const encoder = new Encoder()
      const decoder = new Decoder()
      for (const message of messages) assert.equal(split(join([message], encoder), decoder), [message])
    }),
    { numRuns: 10 },
  )
})

test.run()
