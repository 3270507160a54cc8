// The guest as text: what every sandbox begins with.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GUEST_PARTS } from '../../engine/sandbox/guest/guest-source.ts'

test('the guest is written in Latin-1: one other character, and engines keep all of it with two bytes for each', () => {
  for (const part of GUEST_PARTS)
    assert.is(/[^\0-\xff]/.exec(part)?.[0], undefined, `a character of the part that begins ${part.slice(0, 60)}`)
})

test.run()
