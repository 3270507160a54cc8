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

test.run()
