// What a runner does first: who holds a cell does not wait behind those who want one, and nobody is cancelled before it begins.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Inbox } from '../../engine/placement/inbox.ts'
import type { ToRunner } from '../../engine/runner/protocol.ts'

function order(...messages: readonly { readonly kind: string; readonly id: number }[]): string[] {
  const inbox = new Inbox()
  for (const message of messages) inbox.add(message as ToRunner)
  const out: string[] = []
  for (let next = inbox.next(); next !== undefined; next = inbox.next()) out.push(`${next.kind} ${next.id}`)
  assert.ok(inbox.isEmpty)
  return out
}

test('answers go before runs and loads', () => {
  const messages = [
    { kind: 'run', id: 1 },
    { kind: 'load', id: 2 },
    { kind: 'reply', id: 3 },
    { kind: 'run', id: 4 },
    { kind: 'reply', id: 5 },
  ]
  assert.equal(order(...messages), ['reply 3', 'reply 5', 'run 1', 'load 2', 'run 4'])
})

test('a cancellation goes first, unless its run has not begun: then right behind that', () => {
  const messages = [
    { kind: 'run', id: 1 },
    { kind: 'run', id: 2 },
    { kind: 'cancel', id: 1 },
    { kind: 'cancel', id: 7 },
  ]
  assert.equal(order(...messages), ['cancel 7', 'run 1', 'cancel 1', 'run 2'])
})

test('the images of runs that have not begun are needed', () => {
  const inbox = new Inbox()
  inbox.add({ kind: 'run', id: 1, key: 'own' } as ToRunner)
  assert.equal([inbox.needs('own'), inbox.needs('other')], [true, false])
  inbox.next()
  assert.is(inbox.needs('own'), false)
})

test('a sibling follows where the next message is a run of the same image, with as much CPU time', () => {
  const run = (id: number, key: string, cpuMs: number) => ({ kind: 'run', id, key, limits: { cpuMs } }) as unknown as ToRunner
  const follows = (...rest: readonly ToRunner[]): boolean => {
    const inbox = new Inbox()
    for (const message of rest) inbox.add(message)
    return inbox.startsWithSiblingOf(run(2, 'own', 50))
  }
  assert.equal(
    [follows(), follows(run(4, 'own', 50)), follows(run(4, 'own', 60)), follows(run(4, 'other', 50))],
    [false, true, false, false],
  )
  assert.not.ok(follows(run(4, 'own', 50), { kind: 'reply', id: 6 } as ToRunner), 'an answer goes first')
  assert.not.ok(follows({ kind: 'cancel', id: 6, reason: '', now: 0 }))
})

test('results go out when as many are done as are left, and never in very small lots', () => {
  const inbox = new Inbox()
  for (let id = 1; id <= 20; id++) inbox.add({ kind: 'run', id } as ToRunner)
  assert.not.ok(inbox.isHalfDone(19))
  assert.ok(inbox.isHalfDone(20))
  for (let i = 0; i < 12; i++) inbox.next()
  assert.ok(inbox.isHalfDone(8))
  for (let i = 0; i < 6; i++) inbox.next()
  assert.not.ok(inbox.isHalfDone(7), 'two are left, but seven are not worth a message')
})

test.run()
