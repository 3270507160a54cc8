// Payloads and results against schemas of any library.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { check, checkResult } from '../../engine/dispatch/schema.ts'
import { answering, Thenable } from '../harness/schemas.ts'

test('a schema whose promise is of a library of its own is awaited', async () => {
  assert.equal(
    await check(
      answering(() => new Thenable({ value: 1 })),
      0,
      'payload',
    ),
    { ok: true, value: 1 },
  )
  const refused = await check(
    answering(() => new Thenable({ issues: [{ message: 'no', path: ['a', 0] }] })),
    0,
    'payload',
  )
  assert.equal(refused, { ok: false, path: 'payload.a[0]', message: 'no' })
})

test('a list of issues without one is a refusal, too', async () => {
  assert.is(
    (
      await check(
        answering(() => ({ issues: [] })),
        0,
        'payload',
      )
    ).ok,
    false,
  )
})

test('without a schema anything fits; what does is as the schema made it', async () => {
  assert.equal(check(undefined, 1, 'payload'), { ok: true, value: 1 })
  assert.equal(check(z.string().default('x'), undefined, 'payload'), { ok: true, value: 'x' })
})

test('a schema that fails is the host’s matter for a payload, and refuses a result', async () => {
  const fail = (): never => {
    throw new RangeError('deep')
  }
  for (const schema of [answering(fail), answering(async () => fail())]) {
    const thrown = await Promise.resolve()
      .then(() => check(schema, 0, 'payload'))
      .catch((error: unknown) => error)
    assert.ok(thrown instanceof RangeError)
    assert.equal(await checkResult(schema, 0), { ok: false, path: 'value', message: 'the schema cannot check it' })
  }
})

test('sentences are short, and print', async () => {
  const refused = await checkResult(z.record(z.string(), z.number()), { [`\u001b[2J\u202e${'k'.repeat(10_000)}`]: 'x' })
  assert.ok(!refused.ok && refused.path.length <= 1_000 && !/[\p{Cc}\p{Cf}]/u.test(refused.path + refused.message))
})

test.run()
