// Any Standard Schema is asked in one way, however it answers.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { isSchema, isThenable, validate } from '../../engine/model/standard-schema.ts'
import { answering, Thenable } from '../harness/schemas.ts'

test('a schema answers at once, by a promise, or by what passes for one', async () => {
  for (const wrap of [(value: unknown) => value, (value: unknown) => Promise.resolve(value), (value: unknown) => new Thenable(value)]) {
    assert.equal(
      await validate(
        answering(() => wrap({ value: 1 })),
        0,
      ),
      { ok: true, value: 1 },
    )
    const refused = await validate(
      answering(() => wrap({ issues: [{ message: 'no', path: ['a', { key: 0 }, Symbol('s')] }] })),
      0,
    )
    assert.equal(refused, { ok: false, issue: { path: ['a', 0, 'Symbol(s)'], message: 'no' } })
    assert.equal(
      await validate(
        answering(() => wrap({ issues: [] })),
        0,
      ),
      { ok: false, issue: { path: [], message: 'it is not valid' } },
    )
  }
})

test('a schema that throws, rejects or answers nothing has not judged', async () => {
  const thrown = new Error('own')
  const fail = (): never => {
    throw thrown
  }
  assert.equal(validate(answering(fail), 0), { ok: false, thrown })
  assert.equal(
    await validate(
      answering(() => Promise.reject(thrown)),
      0,
    ),
    { ok: false, thrown },
  )
  const verdict = await validate(
    answering(() => new Thenable(undefined)),
    0,
  )
  assert.ok(!verdict.ok && verdict.issue === undefined && verdict.thrown instanceof TypeError)
})

test('what a schema says is bounded, and without words that are said already', async () => {
  assert.equal(validate(z.object({ n: z.number() }), { n: 'x' }), {
    ok: false,
    issue: { path: ['n'], message: 'expected number, received string' },
  })
  const verdict = await validate(
    z.string().refine(() => false, { error: 'm'.repeat(10_000) }),
    'x',
  )
  assert.ok(!verdict.ok && (verdict.issue?.message.length ?? 0) <= 501)
})

test('an array that is too long is refused before its items are looked at', () => {
  const items = Array(130_000).fill(1)
  const started = performance.now()
  for (let i = 0; i < 20; i++) assert.not.ok((validate(z.array(z.string()).max(100), items) as { ok: boolean }).ok)
  assert.ok(performance.now() - started < 1_000, 'a tenth of a millisecond each')
})

test('schemas and promises are known when they are seen', () => {
  assert.ok(
    isSchema(z.string()) &&
      isSchema(
        Object.assign(
          () => 1,
          answering(() => 1),
        ),
      ),
  )
  assert.not.ok(isSchema({ '~standard': {} }) || isSchema(null) || isSchema('x'))
  assert.ok(isThenable(Promise.resolve()) && isThenable(new Thenable(1)) && isThenable(Object.setPrototypeOf(() => 1, Thenable.prototype)))
  assert.not.ok(isThenable({}) || isThenable(null) || isThenable(() => 1))
})

test.run()
