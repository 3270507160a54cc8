// Frames: a stream of bytes is cut anywhere and read as what was written; what is no frame is told.
import { array, constantFrom, assert as hold, integer, property, string, tuple } from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import { buildOf, FRAME, FrameReader, imageFrame, readImage, textFrame } from '../../engine/placement/framing.ts'

function readAll(chunks: readonly Buffer[]): [number, string][] {
  const frames: [number, string][] = []
  const reader = new FrameReader((kind, body) => frames.push([kind, body.toString()]))
  for (const chunk of chunks) {
    reader.push(chunk)
    chunk.fill(0) // what was read is the reader's no more
  }
  return frames
}

function isBroken(act: () => void): boolean {
  try {
    act()
    return false
  } catch (error) {
    return isEngineError(error) && error.code === 'FRAME_BROKEN'
  }
}

test('frames come out as they went in, wherever the stream is cut', () => {
  const frame = tuple(constantFrom(FRAME.text, FRAME.failure), string({ unit: 'grapheme', maxLength: 40 }))
  hold(
    property(array(frame, { maxLength: 8 }), array(integer({ min: 1, max: 30 }), { maxLength: 60 }), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(([kind, text]) => textFrame(kind, text)))
      const chunks: Buffer[] = []
      let at = 0
      for (const cut of cuts) {
        chunks.push(Buffer.from(bytes.subarray(at, at + cut)))
        at += cut
      }
      chunks.push(Buffer.from(bytes.subarray(at)))
      assert.equal(readAll(chunks), frames)
    }),
    { numRuns: 300 },
  )
})

test('a frame with nothing in it is a frame, byte by byte too', () => {
  const bytes = Buffer.concat([textFrame(FRAME.text, ''), textFrame(FRAME.text, 'x'), textFrame(FRAME.text, '')])
  assert.equal(
    readAll([...bytes].map((byte) => Buffer.from([byte]))).map(([, text]) => text),
    ['', 'x', ''],
  )
})

test('an image carries its label and its bytes', () => {
  const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => i % 256)
  let body: Buffer | undefined
  new FrameReader((_kind, given) => {
    body = Buffer.from(given)
  }).push(imageFrame({ key: 'a\nkey' }, bytes))
  const image = readImage(body as Buffer)
  assert.equal(image.label, { key: 'a\nkey' })
  assert.equal([...image.bytes], [...bytes])
  assert.ok(isBroken(() => readImage(Buffer.from('no label'))))
})

test('a kind that there is not, and a length beyond all measure, are refused before anything is kept', () => {
  const reader = (): FrameReader => new FrameReader(() => undefined)
  const headers: [number, number][] = [
    [0, 1],
    [99, 1],
    [FRAME.greeting, 1024 * 1024],
    [FRAME.want, 1024 * 1024],
    [FRAME.text, 0xffff_ffff],
    [FRAME.image, 0xffff_ffff],
  ]
  for (const [kind, length] of headers) {
    const header = Buffer.alloc(5)
    header[0] = kind
    header.writeUInt32LE(length, 1)
    assert.ok(
      isBroken(() => reader().push(header)),
      `kind ${kind}, ${length} bytes`,
    )
    const cut = reader()
    cut.push(header.subarray(0, 2))
    assert.ok(
      isBroken(() => cut.push(header.subarray(2))),
      `kind ${kind}, ${length} bytes, cut`,
    )
  }
})

test('what both sides must have in common names the runtime and the versions', () => {
  assert.match(buildOf('v8'), new RegExp(`runtime v8, node ${process.versions.node}, v8 `))
  assert.is.not(buildOf('v8'), buildOf('quickjs'))
})

test.run()
