// npm packages that people reach for first, each doing real work inside, on both runtimes, under the limits that everybody has.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createEngine, type Engine } from '../../engine/index.ts'
import { COMBINATIONS } from '../harness/combinations.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

interface Work {
  /** Import, and what is done at the top level. */
  readonly top: string
  /** An expression over `event`. */
  readonly does: string
  readonly event?: unknown
  readonly gives: unknown
}

const WORK: { readonly [name: string]: Work } = {
  zod: {
    top: "import { z } from 'zod'; const Order = z.object({ id: z.uuid(), total: z.number().positive(), tags: z.array(z.string()).default([]) })",
    does: 'event.map((each: unknown) => { const read = Order.safeParse(each); return read.success ? read.data : read.error.issues.map(({ path }) => path.join(".")) })',
    event: [
      { id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', total: 3 },
      { id: 'x', total: -1 },
    ],
    gives: [{ id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', total: 3, tags: [] }, ['id', 'total']],
  },
  'date-fns': {
    top: "import { addMonths, differenceInCalendarDays, format } from 'date-fns'",
    does: '[format(addMonths(new Date(event), 1), "yyyy-MM-dd EEEE"), differenceInCalendarDays(new Date("2024-03-01"), new Date("2024-02-01"))]',
    event: '2024-01-31T12:00:00Z',
    gives: ['2024-02-29 Thursday', 29],
  },
  'lodash-es': {
    top: "import { groupBy, merge, sortBy, template } from 'lodash-es'",
    does: '[groupBy(event, "kind"), merge({ a: { b: 1 } }, { a: { c: 2 } }), sortBy(event, "n").map((each: { n: number }) => each.n), template("<%- name %>!")({ name: "<Ada>" })]',
    event: [
      { kind: 'x', n: 2 },
      { kind: 'y', n: 1 },
    ],
    gives: [{ x: [{ kind: 'x', n: 2 }], y: [{ kind: 'y', n: 1 }] }, { a: { b: 1, c: 2 } }, [1, 2], '&lt;Ada&gt;!'],
  },
  nanoid: {
    top: "import { customAlphabet, nanoid } from 'nanoid'",
    does: '[nanoid().length, /^[ab]{5}$/.test(customAlphabet("ab", 5)()), nanoid() === nanoid()]',
    gives: [21, true, false],
  },
  ajv: {
    top: "import Ajv from 'ajv'; const validate = new Ajv({ allErrors: true }).compile({ type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'], additionalProperties: false })",
    does: 'event.map((each: unknown) => validate(each) || validate.errors?.map(({ keyword }) => keyword))',
    event: [{ n: 1 }, { n: 0, m: 1 }, {}],
    gives: [true, ['additionalProperties', 'minimum'], ['required']],
  },
  marked: {
    top: "import { marked } from 'marked'",
    does: 'marked.parse(event)',
    event: '# Hi\n\n* a **b** [c](https://example.com)\n\n| x | y |\n|---|---|\n| 1 | 2 |\n',
    gives:
      '<h1>Hi</h1>\n<ul>\n<li>a <strong>b</strong> <a href="https://example.com">c</a></li>\n</ul>\n<table>\n<thead>\n<tr>\n<th>x</th>\n<th>y</th>\n</tr>\n</thead>\n<tbody><tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody></table>\n',
  },
  handlebars: {
    top: "import Handlebars from 'handlebars'; Handlebars.registerHelper('loud', (text: string) => text.toUpperCase()); const greet = Handlebars.compile('Hello {{#each names}}{{loud this}}{{#unless @last}}, {{/unless}}{{/each}}!')",
    does: 'greet(event)',
    event: { names: ['<Ada>', 'Grace'] },
    gives: 'Hello &lt;ADA&gt;, GRACE!',
  },
  yaml: {
    top: "import { parse, stringify } from 'yaml'",
    does: '[parse(event), stringify({ list: [1, { two: null }] })]',
    event: 'base: &base {a: 1}\nderived:\n  <<: *base\n  b: [x, "y"]\n  c: |\n    text\n',
    gives: [{ base: { a: 1 }, derived: { '<<': { a: 1 }, b: ['x', 'y'], c: 'text\n' } }, 'list:\n  - 1\n  - two: null\n'],
  },
  'fast-xml-parser': {
    top: "import { XMLBuilder, XMLParser } from 'fast-xml-parser'",
    does: '[new XMLParser({ ignoreAttributes: false }).parse(event), new XMLBuilder().build({ a: { b: [1, 2] } })]',
    event: '<feed lang="en"><entry>1</entry><entry>two &amp; more</entry></feed>',
    gives: [{ feed: { entry: [1, 'two & more'], '@_lang': 'en' } }, '<a><b>1</b><b>2</b></a>'],
  },
  semver: {
    top: "import semver from 'semver'",
    does: '[semver.satisfies("1.2.3", "^1.0.0"), semver.rsort(event), semver.inc("1.2.3-rc.1", "patch")]',
    event: ['1.9.0', '2.0.0', '1.10.0'],
    gives: [true, ['2.0.0', '1.10.0', '1.9.0'], '1.2.3'],
  },
  uuid: {
    top: "import { v4, v5, validate, version } from 'uuid'",
    does: '[version(v4()), v5("hello", v5.DNS), validate("nonsense")]',
    gives: [4, '9342d47a-1bab-5709-9869-c840b2eac501', false],
  },
  dayjs: {
    top: "import dayjs from 'dayjs'; import utc from 'dayjs/plugin/utc'; dayjs.extend(utc)",
    does: '[dayjs.utc(event).add(1, "year").format("YYYY-MM-DD"), dayjs.utc(event).isBefore("2025-01-01")]',
    event: '2024-02-29',
    gives: ['2025-02-28', true],
  },
}

const NAMES = Object.keys(WORK)

function project(files: { readonly [path: string]: string }) {
  const directory = tempDirectory(files)
  mkdirSync(join(directory.path, 'node_modules'), { recursive: true })
  for (const name of NAMES) symlinkSync(join(import.meta.dirname, '../../node_modules', name), join(directory.path, 'node_modules', name))
  return directory
}

function open(path: string, runtime: 'quickjs' | 'v8'): Promise<Engine> {
  return createEngine({
    scripts: join(path, 'scripts'),
    bundleCache: false,
    workers: 1,
    policy: {
      version: 1,
      defaults: { runtime, packages: [...NAMES, 'for-node', 'for-browsers'], limits: { cpu: '2s', wall: '60s', loadCpu: '5s' } },
    },
  })
}

for (const runtime of new Set(COMBINATIONS.map((each) => each.runtime))) {
  test(`popular packages do their work on ${runtime}`, async () => {
    const scripts = NAMES.map((name) => [`scripts/${name}.ts`, scriptOf(name)])
    using directory = project(Object.fromEntries(scripts))
    await using engine = await open(directory.path, runtime)
    for (const script of engine.scripts()) assert.equal([script.id, script.error, script.warnings], [script.id, undefined, []])
    const events = Object.fromEntries(NAMES.map((name) => [name, WORK[name]?.event ?? null]))
    const { outcomes } = await engine.emit('work', events)
    assert.equal(outcomes.map(({ script }) => script).sort(), [...NAMES].sort())
    for (const outcome of outcomes)
      assert.equal([outcome.script, outcome.error, outcome.value], [outcome.script, undefined, WORK[outcome.script]?.gives])
  })

  test(`a package that needs what the sandbox lacks is refused with the reason on ${runtime}`, async () => {
    using directory = project({
      'scripts/node.ts': "import 'for-node'\nexport default { on: {} }",
      'scripts/browser.ts': "import 'for-browsers'\nexport default { on: {} }",
      'node_modules/for-node/package.json': '{ "version": "1.0.0" }',
      'node_modules/for-node/index.js': "require('node:fs').readFileSync('x')",
      'node_modules/for-browsers/package.json': '{ "version": "1.0.0" }',
      'node_modules/for-browsers/index.js': "exports.box = document.createElement('div')",
    })
    await using engine = await open(directory.path, runtime)
    const [browser, node] = engine.scripts()
    assert.is(node?.error?.code, 'IMPORT_FORBIDDEN')
    assert.match(node?.error?.message ?? '', /package can only|part of Node, which the sandbox does not have/)
    assert.is(browser?.error?.code, 'LOAD_EXCEPTION')
    assert.match(browser?.error?.message ?? '', /document/)
    assert.match(browser?.error?.hint ?? '', /"document" belongs to browsers.*the package "for-browsers"/)
  })
}

/** `${name}.ts`: does the package's work on its own part of the event. */
function scriptOf(name: string): string {
  const { top, does } = WORK[name] as Work
  return `${top}
export default { on: { work(events: Record<string, any>) { const event = events[${JSON.stringify(name)}]; return ${does} } } }`
}

test.run()
