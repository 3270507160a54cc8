// docs/runtimes.md says which part of the minimum common API of the web is inside: what it says is so, on both runtimes, and nothing is left out.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine } from '../harness/engines.ts'
import { readText } from '../harness/source-files.ts'

/** The interfaces and global names of ECMA-429, first edition. */
const MINIMUM_COMMON_API = `
  AbortController AbortSignal Blob ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy Crypto CryptoKey
  CustomEvent DecompressionStream DOMException ErrorEvent Event EventTarget File FormData Headers MessageChannel
  MessageEvent MessagePort PromiseRejectionEvent ReadableByteStreamController ReadableStream ReadableStreamBYOBReader
  ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader Request Response SubtleCrypto
  TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController URL
  URLPattern URLSearchParams WebAssembly WritableStream WritableStreamDefaultController WritableStreamDefaultWriter atob
  btoa clearInterval clearTimeout console crypto fetch globalThis navigator onerror onrejectionhandled onunhandledrejection
  performance queueMicrotask reportError self setInterval setTimeout structuredClone
`
  .trim()
  .split(/\s+/)

const ROW = /^\| ((?:`\w+`(?:, )?)+) \| (yes|no|partly) \| (.*) \|$/gm

interface Row {
  readonly name: string
  readonly inside: string
  readonly why: string
}

const section =
  readText('docs/runtimes.md')
    .split(/^## /m)
    .find((part) => part.startsWith('Web APIs')) ?? ''
const rows: readonly Row[] = [...section.matchAll(ROW)].flatMap(([, names = '', inside = '', why = '']) =>
  names.split(', ').map((name) => ({ name: name.slice(1, -1), inside, why: why.trim() })),
)

test('the table has every name of the minimum common API, once', () => {
  assert.equal(rows.map(({ name }) => name).sort(), [...MINIMUM_COMMON_API].sort())
})

test('what is not or partly inside has a reason', () => {
  assert.equal(
    rows.filter(({ inside, why }) => inside !== 'yes' && why === ''),
    [],
  )
})

for (const combination of COMBINATIONS) {
  test(`${combination.name}: what the table says is so`, async () => {
    const script = 'export default (names) => names.filter((name) => globalThis[name] !== undefined)'
    await using engine = await openEngine({ 'names.ts': script }, inCombination(combination))
    const names = rows.map(({ name }) => name)
    const outcome = await emitOne(engine, 'go', names)
    expectStatus(outcome, 'ok')
    assert.equal(
      outcome.value,
      rows.filter(({ inside }) => inside !== 'no').map(({ name }) => name),
    )
  })
}

test.run()
