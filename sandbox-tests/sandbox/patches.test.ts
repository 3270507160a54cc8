// Images as lists of patches: what differs comes back, and a list that lies about itself is refused before anything beside it is read.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eachPatch, encodePatches } from '../../engine/sandbox/quickjs/patches.ts'

const WORDS = 512
const word = fc.nat({ max: 0xffffffff })

test('what a memory differs by from its base makes it of the base again', () => {
  fc.assert(
    fc.property(
      fc.uint32Array({ minLength: WORDS, maxLength: WORDS }),
      fc.array(fc.tuple(fc.nat({ max: WORDS - 1 }), word), { maxLength: 40 }),
      fc.nat({ max: 64 }),
      (base, changes, before) => {
        const memory = base.slice()
        for (const [at, value] of changes) memory[at] = value
        const patches = encodePatches(memory, base, [{ from: 0, to: WORDS * 4 }], [])
        // Somewhere among other images, as in an arena.
        const arena = new Uint8Array(before * 4 + patches.length + 64).fill(0xee)
        arena.set(patches, before * 4)
        const restored = new Uint8Array(base.slice().buffer)
        eachPatch(new Uint32Array(arena.buffer, 0, arena.length >> 2), before * 4, patches.length, (target, source, length) =>
          restored.set(arena.subarray(source, source + length), target),
        )
        assert.equal(new Uint32Array(restored.buffer), memory)
      },
    ),
  )
})

test('a list that says anything else of its length than is true reads nothing beside itself', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), fc.nat({ max: 20 }), (list, after) => {
      const words = Uint32Array.from([...list, ...Array.from({ length: after }, () => 0xeeeeeeee)])
      const length = list.length * 4
      let end = 0
      try {
        eachPatch(words, 0, length, (_target, source, bytes) => {
          end = Math.max(end, source + bytes)
        })
      } catch (error) {
        assert.is((error as { code?: unknown }).code, 'SANDBOX_FAULT')
      }
      assert.ok(end <= length, `it read up to ${end} of ${length}`)
    }),
  )
  const forged = (list: number[]) => () => eachPatch(Uint32Array.from(list), 0, 12, () => undefined)
  assert.throws(forged([1, 0, 8, 1, 1]), (error: { code?: unknown }) => error.code === 'SANDBOX_FAULT')
  assert.throws(forged([0xffffffff, 0, 0]), (error: { code?: unknown }) => error.code === 'SANDBOX_FAULT')
  assert.throws(forged([0, 0, 0]), (error: { code?: unknown }) => error.code === 'SANDBOX_FAULT')
})

test.run()
