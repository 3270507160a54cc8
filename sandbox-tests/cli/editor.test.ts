// What an editor shows in a directory that `vivarium init` made: TypeScript 7's language server with its files, spoken to as editors do.
// timeout: 400s
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type LanguageServer, type Position, startLanguageServer } from '../harness/language-server.ts'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const HOST = `
import { defineBinding, defineEvents } from ${JSON.stringify(join(ROOT, 'engine/index.ts'))}
import { standardBindings } from ${JSON.stringify(join(ROOT, 'bindings/index.ts'))}
import { z } from ${JSON.stringify(join(ROOT, 'node_modules/zod/index.js'))}
const Issue = z.object({ number: z.int(), title: z.string() })
export const events = defineEvents({
  'issues.opened': { payload: Issue, description: 'Somebody opened an issue.' },
  'issues.closed': { payload: Issue },
  'order.price': { kind: 'filter', payload: z.number() },
})
const ping = { input: z.tuple([]), output: z.void(), handler: () => undefined }
export const bindings = ({ kv }: { kv: string }) => [...standardBindings({ kv }), defineBinding('mail', { ping })]
`
const ERROR = 1
const SCRIPT = 'mine.ts'

const directory = tempDirectory({ 'package.json': '{ "type": "module" }', 'vivarium.config.ts': HOST })
const scripts = join(directory.path, 'scripts')
let editor: LanguageServer

test.before(async () => {
  const { code, stderr } = await vivarium(['init', 'scripts', '--yes'], { cwd: directory.path })
  assert.is(code, 0, stderr)
  editor = await startLanguageServer(scripts)
})

test.after(async () => {
  await editor?.[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

/** A script around these lines; the first of them is line 3. */
function define(...lines: readonly string[]): string {
  return [`import { defineScript } from 'vivarium/script'`, 'export default defineScript({', ...lines, '})', ''].join('\n')
}

/** Errors as `line:column-column text`, from 1. */
async function errorsOf(text: string, path = SCRIPT): Promise<readonly string[]> {
  editor.open(path, text)
  const found = (await editor.diagnose(path)).filter(({ severity }) => severity === ERROR)
  return found.map(
    ({ range: { start, end }, message }) => `${start.line + 1}:${start.character + 1}-${end.character + 1} ${message.split('\n')[0]}`,
  )
}

/** The text without its `|`, and where that stood. */
function split(text: string): { readonly text: string; readonly position: Position } {
  const [before = '', after = ''] = text.split('|')
  const lines = before.split('\n')
  return { text: before + after, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } }
}

async function completionsAt(marked: string): Promise<readonly string[]> {
  const { text, position } = split(marked)
  editor.open(SCRIPT, text)
  const labels = await editor.complete(SCRIPT, position)
  return labels.map((label) => label.replace(/\?$/, '')).sort()
}

test('what init wrote, and a script that is right, have nothing in red', async () => {
  for (const path of ['hello.ts', 'hello.test.ts']) assert.equal(await errorsOf(readFileSync(join(scripts, path), 'utf8'), path), [], path)
  const right = define(
    `needs: { kv: true },`,
    `on: {`,
    `  async 'issues.opened'({ number, title }, ctx) { await ctx.kv.set(title, number + 1) },`,
    `  'order.price': { priority: 1, run: (price) => price * 0.9 },`,
    `  '*': (_event, ctx) => ctx.log.info(ctx.event),`,
    `},`,
    `every: { '5m': (tick, ctx) => ctx.kv.set('at', tick.at) },`,
  )
  assert.equal(await errorsOf(right), [])
})

test('a misspelt event is red at its name, with the one that is meant, and nothing else is', async () => {
  const wrong = define(
    `needs: { kv: true },`,
    `on: {`,
    `  async 'issues.opned'(issue, ctx) { await ctx.kv.set(issue.title, issue.number) },`,
    `  'isues.closed': (issue) => issue.number,`,
    `  'order.prices': { run: (price) => price },`,
    `  'issues.closed': (issue) => issue.number,`,
    `},`,
  )
  const found = await errorsOf(wrong)
  assert.is(found.length, 3, found.join('\n'))
  assert.match(found[0] ?? '', /^5:9-23 .* 'NoSuchEvent<"There is no event 'issues\.opned'\. Did you mean 'issues\.opened'\?">'\.$/)
  assert.match(found[1] ?? '', /^6:3-17 .* 'NoSuchEvent<"There is no event 'isues\.closed'\. Did you mean 'issues\.closed'\?">'\.$/)
  assert.match(found[2] ?? '', /^7:3-17 .* 'NoSuchEvent<"There is no event 'order\.prices'\. Did you mean 'order\.price'\?">'\.$/)
})

test('so are a wrong field, a wrong result of a filter, and names that there are not', async () => {
  const cases: readonly (readonly [line: string, shown: RegExp])[] = [
    [`on: { 'issues.opened': (issue) => issue.titel }`, /^3:41-46 Property 'titel' does not exist on type .* Did you mean 'title'\?$/],
    [
      `on: { 'order.price': (price) => String(price) }`,
      /^3:7-20 Type '\(price: number\) => string' is not assignable to type 'EventHandler</,
    ],
    [
      `needs: { mial: true }, on: { 'issues.opened': () => 1 }`,
      /^3:10-14 Type 'true' is not assignable to type '"There is no binding 'mial'\. Did you mean 'mail'\?"'\.$/,
    ],
    [
      `needs: { mail: true }`,
      /^3:10-14 Type 'true' is not assignable to type '"The policy grants mail to no script: an admin would add it under /,
    ],
    [
      `on: { 'issues.opened': (_issue, ctx) => ctx.mail.ping() }`,
      /^3:50-54 Property 'ping' does not exist on type 'NotInNeeds<"write needs: \{ mail: true \}">'\.$/,
    ],
    [`neds: { kv: true }`, /^3:1-5 .* 'neds' does not exist in type 'WrittenScript<.*'\. Did you mean to write 'needs'\?$/],
  ]
  for (const [line, shown] of cases) {
    const found = await errorsOf(define(line))
    assert.is(found.length, 1, found.join('\n'))
    assert.match(found[0] ?? '', shown)
  }
})

test('events, bindings, fields and methods are offered while they are typed', async () => {
  const events = ['*', 'issues.closed', 'issues.opened', 'order.price']
  assert.equal(await completionsAt(define(`on: { '|' }`)), events)
  assert.equal(await completionsAt(define(`on: { 'issues.opened': () => 1, '|': () => 1 }`)), events)
  assert.equal(await completionsAt(define(`on: { 'issues.opened': (issue) => issue.| }`)), ['number', 'title'])
  const needs = await completionsAt(define(`needs: { | }`))
  for (const name of ['kv', 'mail']) assert.ok(needs.includes(name), needs.join())
  assert.ok((await completionsAt(define(`needs: { kv: true }, on: { 'issues.opened': (_issue, ctx) => ctx.kv.| }`))).includes('increment'))
})

test('a name shows what it is when the mouse rests on it', async () => {
  const shown = async (marked: string): Promise<string> => {
    const { text, position } = split(marked)
    editor.open(SCRIPT, text)
    return await editor.hover(SCRIPT, position)
  }
  assert.match(await shown(define(`on: { 'issues.op|ened': (issue) => issue.number }`)), /EventHandler<"issues\.opened", never>/)
  assert.match(
    await shown(define(`on: { 'issues.opened': (iss|ue) => issue.number }`)),
    /\(parameter\) issue: \{\s+number: number;\s+title: string;\s+\}/,
  )
  assert.match(
    await shown(define(`needs: { kv: true }, on: { 'issues.opened': (_issue, c|tx) => 1 }`)),
    /\(parameter\) ctx: ScriptContext<"kv">/,
  )
})

test.run()
