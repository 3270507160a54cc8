// What scripts return, log and throw cannot drive a terminal, pass for a line of vivarium, or fill the screen.
// timeout: 600s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonText, shownValue } from '../../cli/plain-value.ts'
import { oneLine, safeJson, safeLine, safeLines } from '../../cli/safe-text.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

/** Everything but line feeds that a terminal obeys, or that hides or reorders text. */
const TREACHEROUS = /(?!\n)[\p{Cc}\u200B-\u200F\u2028-\u202E\u2066-\u2069]/u
const CODES = String.raw`\u001b[2J\u001b]0;owned\u0007\u009b31m\r\u202e\u2028`
const FORGED = 'other on go: ok'

const HOSTILE = `export default { on: {
  returns: () => ({ text: '${CODES}', ['${CODES}']: new Map([['${CODES}', '${CODES}']]), line: 'a\\n${FORGED}' }),
  logs: (_, ctx) => { ctx.log.warn('${CODES}\\n${FORGED}', { ['${CODES}']: '${CODES}' }); console.log('${CODES}\\n${FORGED}') },
  throws: () => { const error = new Error('${CODES}\\n${FORGED}'); error.name = '${CODES}\\n${FORGED}'; error.code = '${CODES}\\n${FORGED}'; throw error },
  '${CODES.replaceAll('\\u', 'u').slice(0, 20)}': () => 1,
} }`

test('nothing that a script says reaches the terminal as more than text', async () => {
  using directory = tempDirectory({ 'hostile.js': HOSTILE })
  for (const event of ['returns', 'logs', 'throws']) {
    const { stdout, stderr } = await vivarium(['run', event], { cwd: directory.path })
    assert.match(stdout, `hostile on ${event}: `)
    assert.not.match(stdout + stderr, TREACHEROUS)
    assert.not.match(stdout, new RegExp(`^ {0,2}${FORGED}`, 'm'))
    if (event !== 'throws') assert.match(stdout, /\\x1b\[2J/i)
  }
})

test('JSON says the same in escapes, and reads back as it was', async () => {
  using directory = tempDirectory({ 'hostile.js': HOSTILE })
  const { stdout } = await vivarium(['run', 'returns', '--json'], { cwd: directory.path })
  assert.not.match(stdout, TREACHEROUS)
  const text = JSON.parse(`"${CODES}"`)
  assert.equal(JSON.parse(stdout).outcomes[0].value, { text, [text]: [[text, text]], line: `a\n${FORGED}` })
})

test('a script that does not load cannot do it either', async () => {
  const raw = JSON.parse(`"${CODES}"`).replace(/[\r\u2028]/g, '')
  using directory = tempDirectory({
    'syntax.ts': `export default { /* ${raw} */ on: { go( } }`,
    'throws.ts': `throw new Error('${CODES}\\n${FORGED}')`,
    'manifest.ts': `export default { name: '${CODES}', on: { go: () => 1 } }`,
    'needy.ts': `export default { needs: { '${CODES}': '${CODES}' }, on: { go: () => 1 } }`,
    'late.ts': `export default { on: { '${CODES}': () => 1 }, every: { '${CODES}': () => 1 } }`,
  })
  for (const args of [['check'], ['explain', 'needy'], ['explain', 'late'], ['run', 'go'], ['check', '--json']]) {
    const { stdout, stderr } = await vivarium(args, { cwd: directory.path })
    assert.not.match(stdout + stderr, TREACHEROUS, args.join(' '))
    assert.not.match(stdout, new RegExp(`^ {0,1}${FORGED}`, 'm'))
  }
})

test('long texts are cut with a note; JSON has them whole', async () => {
  using directory = tempDirectory({
    'long.js': `export default { on: { go: (_, ctx) => { for (let i = 0; i < 80; i++) ctx.log.info('x'.repeat(600)); return { wide: 'y'.repeat(20_000), many: Array(3_000).fill(1) } } } }`,
  })
  const { stdout } = await vivarium(['run', 'go'], { cwd: directory.path })
  assert.ok(stdout.length < 60_000, `${stdout.length} characters`)
  assert.match(stdout, /more characters\)/)
  assert.match(stdout, '… 30 more log entries; --json prints all')
  const json = await vivarium(['run', 'go', '--json'], { cwd: directory.path })
  const [{ value, logs }] = JSON.parse(json.stdout).outcomes
  assert.is(value.wide.length, 20_000)
  assert.is(value.many.length, 3_000)
  assert.is(logs.length, 80)
})

test('values that share their parts, or have themselves as a part, are bounded', () => {
  let shared: unknown = ['leaf']
  for (let i = 0; i < 60; i++) shared = [shared, shared]
  const cyclic: { self?: unknown; list: unknown[] } = { list: [] }
  cyclic.self = cyclic
  cyclic.list.push(cyclic)
  let deep: unknown = 1
  for (let i = 0; i < 50_000; i++) deep = { deep }
  assert.ok(shownValue(shared).length < 1_000_000)
  assert.match(shownValue(shared), '[cut: ')
  assert.equal(JSON.parse(jsonText(cyclic)), { self: '[cycle]', list: ['[cycle]'] })
  assert.match(shownValue(cyclic), "self: '[cycle]'")
  assert.match(jsonText(deep), '[cut: nested too deep]')
  assert.match(shownValue(deep), '[cut: nested too deep]')
})

test('JSON tells of every kind of value', () => {
  const value = {
    date: new Date(0),
    map: new Map([[1, 2n]]),
    set: new Set(['a']),
    bytes: new Uint8Array([1, 2]),
    nan: Number.NaN,
    none: undefined,
    list: [undefined],
    no: new Date(Number.NaN),
  }
  assert.is(
    jsonText(value),
    '{"date":"1970-01-01T00:00:00.000Z","map":[[1,"2"]],"set":["a"],"bytes":"AQI=","nan":"NaN","list":[null],"no":null}',
  )
  assert.is(jsonText({ ['__proto__']: 1 }), '{"__proto__":1}')
  assert.is(jsonText(undefined), 'null')
})

test('safe texts have no control characters, and their length is bounded', () => {
  assert.is(safeLine('a\tb\u001bc\u202e'), 'a\\tb\\x1bc\\u202e')
  assert.is(safeLine('\ud800'), '\\ud800')
  assert.is(safeLine('xxxxx', 3), 'xxx… (2 more characters)')
  assert.is(safeLines('\n'.repeat(100), '').length, 41)
  assert.is(safeJson('"\u007f\u2028"'), '"\\u007f\\u2028"')
  assert.is(safeLine('Grüße, 世界 🌍 ⚠️'), 'Grüße, 世界 🌍 ⚠️')
})

test('what is invisible is shown: tags, fillers, joiners', () => {
  const invisible = '\u{e0041}\u{e007f}\u034f\u115f\u1160\u3164\uffa0\u2060'
  assert.is(safeLine(`a${invisible}b`), String.raw`a\u{e0041}\u{e007f}\u034f\u115f\u1160\u3164\uffa0\u2060b`)
  const json = safeJson(JSON.stringify(invisible))
  assert.is(json, String.raw`"\udb40\udc41\udb40\udc7f\u034f\u115f\u1160\u3164\uffa0\u2060"`)
  assert.is(JSON.parse(json), invisible)
})

test('lines are put into one, however many spaces there are', () => {
  assert.is(oneLine('{\n  a: 1,\r\n\t\tb: 2\n}'), '{ a: 1, b: 2 }')
  const start = performance.now()
  oneLine(`${' '.repeat(200_000)}x${'\t'.repeat(200_000)}y`)
  assert.ok(performance.now() - start < 5_000) // looking for each space anew would take minutes
})

test.run()
