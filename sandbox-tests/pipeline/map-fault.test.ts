// Faults of the sandbox in the words and places of the user's own files, whatever a script writes into its errors.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Bundle } from '../../engine/model/bundle.ts'
import type { GuestFault } from '../../engine/model/outcome.ts'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import { mapFault } from '../../engine/pipeline/map-fault.ts'
import { ownMs } from '../harness/own-time.ts'
import { defaultExportOf, over } from './bundling.ts'

const SCRIPT = `import { fail } from './lib/fail.ts'
export default function handle(order: { total: number }): void {
  if (order.total > 1) {
    fail('too much')
  }
}
`
const bundler = createBundler()
const FILES = { 'greet.ts': SCRIPT, 'lib/fail.ts': 'export function fail(why: string): never {\n  throw new RangeError(why)\n}\n' }
const bundle: Bundle = await bundler.bundle({ id: 'greet', path: 'greet.ts' }, over(FILES))
await bundler.close()

/** What the bundle really throws, its file called `script` as in a sandbox. */
function thrown(): GuestFault {
  try {
    ;(defaultExportOf(bundle) as (order: { total: number }) => void)({ total: 2 })
  } catch (error) {
    const { name, message, stack = '' } = error as Error
    return { name, message, stack: stack.replaceAll('evalmachine.<anonymous>', 'script') }
  }
  return assert.unreachable() as never
}

function fault(stack: string, more: Partial<GuestFault> = {}): GuestFault {
  return { name: 'Error', message: 'no', stack, ...more }
}

async function bundleOf(id: string, source: string): Promise<Bundle> {
  const own = createBundler()
  const made = await own.bundle({ id, path: `${id}.ts` }, over({ [`${id}.ts`]: source }))
  await own.close()
  return made
}

/** Where a text is in a bundle, as a frame says it. */
function placeOf({ code }: Bundle, text: string): string {
  const before = code.slice(0, code.indexOf(text)).split('\n')
  return `script:${before.length}:${(before.at(-1) ?? '').length + 1}`
}

test('frames lead to the files of the script, and the first of them is shown', () => {
  const mapped = mapFault(thrown(), bundle, { code: 'EXCEPTION', hint: 'mind the total' })
  assert.is(mapped.stack, 'RangeError: too much\n    at fail (lib/fail.ts:2:13)\n    at handle (greet.ts:4:5)')
  assert.equal(mapped.location, { file: 'lib/fail.ts', line: 2, column: 13 })
  assert.match(mapped.frame ?? '', /^> 2 \| {3}throw new RangeError\(why\)$/m)
  assert.equal([mapped.code, mapped.name, mapped.message, mapped.hint], ['EXCEPTION', 'RangeError', 'too much', 'mind the total'])
})

test('where a line begins with return or new, both runtimes show what follows; constructors that nobody wrote are not shown', async () => {
  const source = 'class Refused extends Error {}\nexport default () => {\n  return new Refused()\n}\n'
  const refusing = await bundleOf('refuse', source)
  const places = ['return new', 'new Refused', 'Refused}', 'class', '}'].map((text) => `    at Refused (${placeOf(refusing, text)})`)
  const frames = mapFault(fault(places.join('\n')), refusing, { code: 'X' })
    .stack?.split('\n')
    .slice(1)
  assert.equal(frames, Array(3).fill('    at Refused (refuse.ts:3:14)'))
})

test('an error with a class of its own is shown where it was made, one of the language where it was thrown', async () => {
  const source = `class Refused extends Error {\n  constructor() {\n    super('no')\n  }\n}\nexport default () => {\n  throw new Refused()\n}\n`
  const refusing = await bundleOf('refuse', source)
  const [inClass, outside] = [`    at Refused (${placeOf(refusing, 'super(')})`, `    at refuse (${placeOf(refusing, 'new Refused')})`]
  const shown = (name: string, ...frames: string[]) => mapFault(fault(frames.join('\n'), { name }), refusing, { code: 'X' })
  for (const name of ['Refused', 'Error', 'constructor']) {
    const { location, frame, stack } = shown(name, inClass, inClass, outside)
    assert.equal(location, { file: 'refuse.ts', line: 7, column: 13 })
    assert.match(frame ?? '', /^> 7 \|/m)
    assert.match(stack ?? '', /\n {4}at Refused \(refuse\.ts:3:5\)\n.*3:5\)\n {4}at refuse \(refuse\.ts:7:13\)$/)
  }
  assert.is(shown('RangeError', inClass, outside).location?.line, 3, 'a class that extends Array, say, with a length that there is not')
  assert.is(shown('Refused', inClass).location?.line, 3)
})

test('columns that count characters are those that count units, whatever stands before them', async () => {
  const source = 'export default () => {\n  const text = "😀é😀漢"\n  throw new Error(text)\n}\n'
  const smiling = await bundleOf('smile', source)
  const lines = smiling.code.slice(0, smiling.code.indexOf('Error(text)')).split('\n')
  const before = lines.at(-1) ?? ''
  const stackAt = (column: number) => fault(`    at default (script:${lines.length}:${column + 1})`)
  const [units, characters] = [before.length, [...before].length]
  assert.ok(units > characters)
  const place = { file: 'smile.ts', line: 3, column: 13 }
  assert.equal(mapFault(stackAt(units), smiling, { code: 'X', runtime: 'v8' }).location, place)
  assert.equal(mapFault(stackAt(characters), smiling, { code: 'X', runtime: 'quickjs' }).location, place)
})

test('frames of anything but the script are dropped', () => {
  const [, real = ''] = thrown().stack.split('\n')
  const stack = [
    'at f (vivarium:1:1)',
    'at g (native)',
    'at /etc/passwd:1:1',
    'at f (node:internal/x:1:1)',
    'at f (script.ts:1:1)',
    'at <eval>',
    real,
  ].join('\n')
  assert.is(mapFault(fault(stack), bundle, { code: 'X' }).stack, 'Error: no\n    at fail (lib/fail.ts:2:13)')
})

test('async frames and frames without a name are frames', () => {
  const at = /script:\d+:\d+/.exec(thrown().stack)?.[0] ?? ''
  const stack = `Error: no\n    at async f (${at})\n    at async ${at}\n    at ${at}\n    at new Foo (${at})`
  assert.equal(mapFault(fault(stack), bundle, { code: 'X' }).stack?.split('\n').slice(1), [
    '    at f (lib/fail.ts:2:13)',
    '    at (lib/fail.ts:2:13)',
    '    at (lib/fail.ts:2:13)',
    '    at new Foo (lib/fail.ts:2:13)',
  ])
})

test('places that the bundle does not have are ignored', () => {
  const places = ['0:1', '1:0', '99:1', '2:0', '999999999:999999999', '-1:-1', '1e3:1', '1:1']
  const mapped = mapFault(fault(places.map((place) => `    at f (script:${place})`).join('\n')), bundle, { code: 'X' })
  assert.is(mapped.stack, 'Error: no')
  assert.is(mapped.location, undefined)
  assert.is(mapped.frame, undefined)
})

test('long stacks, lines, names and messages are cut', () => {
  const at = /script:\d+:\d+/.exec(thrown().stack)?.[0] ?? ''
  const mapped = mapFault(
    fault(`    at f (${at})\n`.repeat(100_000), { name: 'N'.repeat(10_000), message: 'm'.repeat(1_000_000) }),
    bundle,
    { code: 'X' },
  )
  assert.is(mapped.stack?.split('\n').length, 21)
  assert.ok(mapped.name.length <= 100 && mapped.message.length <= 4_000)
  assert.ok((mapped.stack?.length ?? 0) < 6_000)
  assert.is(mapFault(fault(`    at ${'f ('.repeat(100_000)}${at}`), bundle, { code: 'X' }).location, undefined)
})

test('places in a source of a million lines are looked up in no time, and frames that are not shown count', async () => {
  const source = `${'\n'.repeat(1_000_000)}class Refused {}\nexport default () => {\n  throw new Refused()\n}\n`
  const own = createBundler()
  const long = await own.bundle({ id: 'long', path: 'long.ts' }, over({ 'long.ts': source }))
  await own.close()
  const lines = long.code.slice(0, long.code.indexOf('class')).split('\n')
  const unwritten = `    at Refused (script:${lines.length}:${(lines.at(-1) ?? '').length + 1})\n`.repeat(199)
  const before = long.code.slice(0, long.code.indexOf('throw')).split('\n')
  const written = `    at default (script:${before.length}:${(before.at(-1) ?? '').length + 1})\n`
  const flood = (cause?: GuestFault): GuestFault => fault(unwritten + written, cause === undefined ? {} : { cause })
  let mapped: ReturnType<typeof mapFault> | undefined
  const took = ownMs(() => {
    mapped = mapFault(flood(flood(flood(flood()))), long, { code: 'X' })
  })
  assert.ok(took < 2_000, `${took} ms; it should be a tenth of a second`)
  assert.not.match(mapped?.stack ?? '', 'long.ts')
  assert.equal(mapFault(fault(written), long, { code: 'X' }).location, { file: 'long.ts', line: 1_000_003, column: 3 })
})

test('causes are told, up to three', () => {
  const { stack } = thrown()
  const cause: GuestFault = fault(stack, {
    message: '1',
    cause: fault('', { message: '2', cause: fault('', { message: '3', cause: fault('', { message: '4' }) }) }),
  })
  const circle: { cause?: GuestFault } & GuestFault = fault('')
  circle.cause = circle
  assert.is(
    mapFault(fault('', { cause }), bundle, { code: 'X' }).stack,
    'Error: no\ncaused by: Error: 1\n    at fail (lib/fail.ts:2:13)\n    at handle (greet.ts:4:5)\ncaused by: Error: 2\ncaused by: Error: 3',
  )
  assert.is(mapFault(circle, bundle, { code: 'X' }).stack?.split('\n').length, 4)
})

test('control characters do not come through, lines of a message do', () => {
  const mapped = mapFault(fault('    at \u001B[31mf (script:2:50)', { name: 'E\u001B\n', message: 'a\nb\u001B[2J' }), bundle, { code: 'X' })
  assert.not.match(JSON.stringify(mapped), 'u001b')
  assert.is(mapped.message, 'a\nb [2J')
})

test('without a source map the message still counts', () => {
  for (const sourceMap of ['', 'null', '{}', '{"version":3,"sources":[],"mappings":"AAAA","names":[]}', '[]']) {
    const mapped = mapFault(thrown(), { script: 'greet', code: '', sourceMap }, { code: 'X' })
    assert.is(mapped.stack, 'RangeError: too much', sourceMap)
  }
})

test('no text makes it throw', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.string(), fc.integer(), fc.integer()).map(([name, line, column]) => `    at ${name} (script:${line}:${column})`),
    fc.constantFrom('    at f (script:2:40)', 'at script:3:1', ' at ((((script:1:1))))'),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.string({ unit: 'binary' }), fc.string(), (lines, name, message) => {
      const mapped = mapFault({ name, message, stack: lines.join('\n') }, bundle, { code: 'X' })
      assert.ok((mapped.stack?.length ?? 0) < 20_000)
      assert.ok(mapped.location === undefined || mapped.location.file in FILES)
    }),
    { numRuns: 500 },
  )
})

test.run()
