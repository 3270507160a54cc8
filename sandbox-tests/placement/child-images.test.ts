// The images of a child: a run waits for the one that it needs, in its place; what is not used any more makes room.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { ChildImages } from '../../engine/placement/child-images.ts'
import type { RunMessage, ToRunner } from '../../engine/runner/protocol.ts'
import type { Image } from '../../engine/sandbox/image.ts'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'

const HOST_REF = { offset: 123_456, length: 1 }

function run(id: number, key: string): RunMessage {
  const common = {
    event: 'go',
    runId: `r${id}`,
    payload: 'null',
    limits: DEFAULT_LIMITS,
    wallMs: 60_000,
    now: 0,
    seed: '00',
    roomBytes: 1,
    state: '',
  }
  return { kind: 'run', id, key, image: HOST_REF, ...common }
}

function image(bytes: number, fill = 1): Image {
  return { bytes: new Uint8Array(bytes).fill(fill) }
}

function setUp() {
  const wanted: string[] = []
  const needed = new Set<string>()
  const arena = new ImageArena()
  const images = new ChildImages(
    arena,
    (key) => wanted.push(key),
    (key) => needed.has(key),
  )
  const bytesOf = (message: ToRunner | undefined): number[] => {
    if (message?.kind !== 'run') throw new Error('not a run')
    return [...new Uint8Array(arena.memory.buffer, message.image.offset, 4)]
  }
  return { wanted, needed, arena, images, bytesOf }
}

test('a run whose image is not there waits; the image is asked for once, and then it is its own', () => {
  const { wanted, images, bytesOf } = setUp()
  assert.is(images.admit(run(1, 'a')), undefined)
  assert.is(images.admit(run(2, 'a')), undefined)
  assert.is(images.admit(run(3, 'b')), undefined)
  assert.equal(wanted, ['a', 'b'])
  const waited = images.add('a', image(4, 7))
  assert.equal(
    waited.map(({ id }) => id),
    [1, 2],
  )
  for (const message of waited) assert.equal(bytesOf(images.admit(message)), [7, 7, 7, 7])
  assert.equal(bytesOf(images.admit(run(4, 'a'))), [7, 7, 7, 7])
  assert.equal(wanted, ['a', 'b'])
})

test('a cancellation waits behind the run that it means; everything else passes', () => {
  const { images } = setUp()
  images.admit(run(1, 'a'))
  const cancel: ToRunner = { kind: 'cancel', id: 1, reason: 'enough', now: 1 }
  const other: ToRunner = { kind: 'cancel', id: 9, reason: 'enough', now: 1 }
  assert.is(images.admit(cancel), undefined)
  assert.is(images.admit(other), other)
  assert.equal(
    images.add('a', image(4)).map(({ kind }) => kind),
    ['run', 'cancel'],
  )
  assert.is(images.admit(cancel), cancel, 'the run is the runner’s now')
})

test('time that a run waits for its image is time of its wall clock', async () => {
  const { images } = setUp()
  images.admit(run(1, 'a'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  const [waited] = images.add('a', image(4))
  assert.ok(waited?.kind === 'run' && waited.wallMs <= 59_975 && waited.wallMs > 0, JSON.stringify(waited))
})

test('images beyond the budget push out what was not used for longest, and are asked for again', () => {
  const { wanted, arena, images, bytesOf } = setUp()
  const MiB = 1024 * 1024
  for (let i = 0; i < 6; i++) {
    images.admit(run(i + 1, `k${i}`))
    for (const message of images.add(`k${i}`, image(15 * MiB, i + 1))) assert.is(bytesOf(images.admit(message))[0], i + 1)
    if (i > 0) images.admit(run(100 + i, 'k0'))
  }
  assert.ok(arena.usedBytes <= 64 * MiB, `${arena.usedBytes} bytes`)
  assert.ok(images.admit(run(200, 'k0')), 'it was used all the time')
  assert.is(images.admit(run(201, 'k1')), undefined)
  assert.is(wanted.at(-1), 'k1')
  images.add('huge', image(100 * MiB))
  assert.ok(images.admit(run(202, 'huge')), 'one that is larger than the budget is kept all the same')
})

test('an image that a run has yet to read stays where it is, whatever comes after it', () => {
  const { wanted, needed, arena, images, bytesOf } = setUp()
  const MiB = 1024 * 1024
  needed.add('first')
  images.add('first', image(30 * MiB, 7))
  for (let i = 1; i <= 4; i++) images.add(`k${i}`, image(30 * MiB, i))
  assert.ok(arena.usedBytes <= 64 * MiB, `${arena.usedBytes} bytes: the others make room`)
  assert.is(bytesOf(images.admit(run(1, 'first')))[0], 7)
  needed.clear()
  images.add('last', image(60 * MiB))
  assert.is(images.admit(run(2, 'first')), undefined)
  assert.equal(wanted, ['first'])
})

test('an image that is sent twice takes its own place', () => {
  const { arena, images, bytesOf } = setUp()
  images.add('a', image(640, 1))
  images.add('a', image(640, 2))
  assert.is(arena.usedBytes, 640)
  assert.is(bytesOf(images.admit(run(1, 'a')))[0], 2)
})

test.run()
