// The type-checker over real stores, with the real compiler: what it says, what it sees, and what becomes of it when a script or a signal ends it.
// timeout: 300s
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTypeChecker, type TypeChecker, type TypeProblem } from '../../../engine/pipeline/type-check/type-checker.ts'
import { diskStore } from '../../../engine/source/disk-store.ts'
import { type MemoryStore, memoryStore } from '../../../engine/source/memory-store.ts'
import type { ScriptStore } from '../../../engine/source/script-store.ts'
import { rejectionOf } from '../../harness/rejection-of.ts'
import { tempDirectory } from '../../harness/temp-directory.ts'

const BAD = `export const n: number = 'x'\n`
/** Spells words out in types, 32,768 of them in each line: the compiler takes a good part of a second for one. */
const ENDLESS = `
type Grow<T extends string> = T extends \`\${infer A}\${infer B}\` ? \`\${A}\${Grow<B>}\` : never
type Bits = '0' | '1'
type Wide = \`\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\${Bits}\`
type Step<N extends string> = { [K in Wide]: Grow<\`\${N}\${K}\`> }[Wide]
${Array.from({ length: 60 }, (_, i) => `export const c${i}: Step<'${i}'> = 'x'`).join('\n')}
`

async function over<T>(
  files: { readonly [path: string]: string },
  use: (checker: TypeChecker, store: MemoryStore) => Promise<T>,
): Promise<T> {
  const store = memoryStore(files)
  await using checker = createTypeChecker({ store, environment: () => '' })
  return await use(checker, store)
}

const places = (problems: readonly TypeProblem[]): string[] =>
  problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)

test('a problem has its place in the author’s text, in characters, with a frame', async () => {
  await over({ 'a.ts': `/* äö😀 */ const n: number = 'x'\r\nexport default n\n` }, async (checker) => {
    const [problem] = await checker.check(['a.ts'])
    assert.equal(problem, {
      file: 'a.ts',
      line: 1,
      column: 18,
      endLine: 1,
      endColumn: 19,
      code: 'TS2322',
      message: "Type 'string' is not assignable to type 'number'.",
      frame: `> 1 | /* äö😀 */ const n: number = 'x'\n    |                  ^\n  2 | export default n\n  3 |`,
    })
  })
})

test('files that are imported are read, for their types too, JSON included; their own problems are told when they are asked for', async () => {
  const files = {
    'a/index.ts': `import type { T } from './types.ts'\nimport data from './data.json'\nimport { f } from '../lib/f.ts'\nexport const x: T = data.n\nf(1)\n`,
    'a/types.ts': 'export type T = string',
    'a/data.json': '{ "n": 1 }',
    'lib/f.ts': `import { g } from './g.ts'\nexport const f = (x: string) => g(x)\n`,
    'lib/g.ts': `export const g = (x: string) => x\n${BAD}`,
  }
  await over(files, async (checker) => {
    assert.equal(places(await checker.check(['a/index.ts'])), ['a/index.ts:4:14 TS2322', 'a/index.ts:5:3 TS2345'])
    assert.equal(places(await checker.check(['lib/f.ts', 'lib/g.ts'])), ['lib/g.ts:2:14 TS2322'])
  })
})

test('each check reads anew: a file that changed, came or went, also one that only others import', async () => {
  await over({ 'a.ts': `import { n } from './lib/n.ts'\nexport const s: string = n\n` }, async (checker, store) => {
    assert.equal(places(await checker.check(['a.ts'])), ['a.ts:1:19 TS2307'])
    store.write('lib/n.ts', 'export const n = 1')
    assert.equal(places(await checker.check(['a.ts'])), ['a.ts:2:14 TS2322'])
    store.write('lib/n.ts', `export const n = 'text'`)
    assert.equal(await checker.check(['a.ts']), [])
    store.remove('lib/n.ts')
    assert.equal(places(await checker.check(['a.ts'])), ['a.ts:1:19 TS2307'])
    store.remove('a.ts')
    assert.equal(await checker.check(['a.ts']), [])
  })
})

test('a file that was looked for, and came while others were checked, is seen; so is one that was let go meanwhile', async () => {
  const files = {
    'a.ts': `import { n } from './lib/n.ts'\nexport const s: string = n\n`,
    'b.ts': `import { m } from './lib/m.ts'\nexport const s: string = m\n`,
    'lib/m.ts': 'export const m = 1',
  }
  await over(files, async (checker, store) => {
    const [ofA, ofB] = [['a.ts:1:19 TS2307'], ['b.ts:2:14 TS2322']]
    assert.equal(places(await checker.check(['a.ts'])), ofA)
    assert.equal(places(await checker.check(['b.ts'])), ofB)
    store.write('lib/n.ts', 'export const n = 1')
    assert.equal(places(await checker.check(['a.ts'])), ['a.ts:2:14 TS2322'])
    assert.equal(places(await checker.check(['b.ts'])), ofB)
    store.remove('lib/n.ts')
    assert.equal(places(await checker.check(['a.ts'])), ofA)
    store.write('lib/m.ts', `export const m = 'text'`)
    assert.equal(places(await checker.check(['b.ts'])), [])
    assert.equal(places(await checker.check(['a.ts', 'b.ts'])), ofA)
  })
})

test('a script cannot make it look for files without end, then or ever after; it is blamed alone', async () => {
  const flood = Array.from({ length: 3_000 }, (_, i) => `import type {} from './a${i}'`).join('\n')
  const memory = memoryStore({ 'a.ts': BAD, 'flood.ts': flood, 'z.ts': 'export const n = 1' })
  const read: string[] = []
  const store: ScriptStore = {
    ...memory,
    read: (path, maxBytes) => {
      read.push(path)
      return memory.read(path, maxBytes)
    },
  }
  await using checker = createTypeChecker({ store, environment: () => '' })
  const expected = ['a.ts:1:14 TS2322', 'flood.ts:1:1 TYPE_CHECK_FAILED']
  const [a, floodProblems, z] = await Promise.all(['a.ts', 'flood.ts', 'z.ts'].map((path) => checker.check([path])))
  assert.equal(places([a ?? [], floodProblems ?? [], z ?? []].flat()), expected)
  assert.match(floodProblems?.[0]?.message ?? '', 'it looks for more than 4000 files that are not there.')
  // All files of a directory are asked for at once by whoever checks one.
  assert.equal(places(await checker.check(['a.ts', 'flood.ts', 'z.ts'])), expected)
  read.length = 0
  assert.equal(places(await checker.check(['a.ts'])), expected.slice(0, 1))
  assert.equal(read, ['a.ts'])
})

test('a script cannot make it read without end', async () => {
  const large = `/*${'x'.repeat(15 * 1024 * 1024)}*/ export type T = 1`
  const names = Array.from({ length: 5 }, (_, i) => `large${i}.ts`)
  const files = Object.fromEntries(names.map((name) => [name, large]))
  await over({ ...files, 'a.ts': names.map((name) => `import type {} from './${name}'`).join('\n') }, async (checker) => {
    const [problem] = await checker.check(['a.ts'])
    assert.is(problem?.message, 'The types of "a.ts" could not be checked: what it imports is larger than 67108864 bytes.')
  })
})

test('behind three files that could not be checked, it is not asked for the rest', async () => {
  const bad = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`s${i}.ts`, ENDLESS]))
  const store = memoryStore(bad)
  await using checker = createTypeChecker({ store, environment: () => '', deadlineMs: 300 })
  const problems = await checker.check(Object.keys(bad))
  assert.equal(
    places(problems),
    Object.keys(bad).map((file) => `${file}:1:1 TYPE_CHECK_FAILED`),
  )
  assert.match(problems[4]?.message ?? '', '3 others before it could not be')
})

test('many who ask at once are answered each for its own files', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`s${i}.ts`, i % 3 === 0 ? BAD : `export const n = ${i}`]))
  await over(files, async (checker) => {
    const answers = await Promise.all(Object.keys(files).map((path) => checker.check([path])))
    for (const [i, problems] of answers.entries()) assert.equal(places(problems), i % 3 === 0 ? [`s${i}.ts:1:14 TS2322`] : [])
  })
})

test('what one script declares for all neither breaks nor hides another one’s types, when it is asked for with it', async () => {
  const files = {
    'evil.ts': `declare global { interface Array<T> { extra: T } interface String { length: string } }\nexport default 1`,
    'a.ts': `export const list: number[] = [1]\nexport const n: number = 'abc'.length\n`,
  }
  await over(files, async (checker) => {
    const [ofEvil, ofGood] = await Promise.all([checker.check(['evil.ts']), checker.check(['a.ts'])])
    assert.equal(ofGood, [])
    assert.ok(ofEvil.length > 0)
  })
})

test('plain JavaScript is checked where it says so', async () => {
  await over(
    {
      'a.js': `/** @type {number} */ const n = 'x'\nexport default n`,
      'b.js': `// @ts-check\n/** @type {number} */ const n = 'x'\nexport default n`,
    },
    async (checker) => {
      assert.equal(places(await checker.check(['a.js', 'b.js'])), ['b.js:2:29 TS2322'])
    },
  )
})

test('a script cannot weaken how it is checked, and its syntax errors are told', async () => {
  const files = {
    'tsconfig.json': '{ "compilerOptions": { "strict": false } }',
    'a.ts': 'export const f = (x) => x',
    'b.ts': 'export const = 1',
  }
  await over(files, async (checker) => {
    assert.equal(places(await checker.check(['a.ts', 'b.ts'])), ['a.ts:1:19 TS7006', 'b.ts:1:14 TS1134', 'b.ts:1:16 TS1134'])
  })
})

test('a parameter without a type is a mistake, unless something else is wrong with the definition that would give it one', async () => {
  const define = (body: string): string =>
    `import { defineScript } from 'vivarium/script'\nconst f = (x) => x\nexport default defineScript({ ${body} })\n`
  const files = {
    'follows.ts': define(`on: { 'a': 5, b: (payload, { log }) => f((x) => x) }`),
    'alone.ts': define('on: { b: () => f((x) => x) }, mode: [1].map((n) => n) && "single"'),
    'without.ts': `export const n: number = 'x'\nexport const f = (x) => x\n`,
  }
  const environment = (): string => `declare module 'vivarium/script' {
    type Handler = (payload: string, ctx: { log: string }) => unknown
    export function defineScript(definition: { on: { [event: string]: Handler }; mode?: 'single' }): unknown
  }`
  await using checker = createTypeChecker({ store: memoryStore(files), environment })
  assert.equal(places(await checker.check(['follows.ts'])), ['follows.ts:2:12 TS7006', 'follows.ts:3:37 TS2322'])
  assert.equal(places(await checker.check(['alone.ts'])), ['alone.ts:2:12 TS7006', 'alone.ts:3:49 TS7006'])
  assert.equal(places(await checker.check(['without.ts'])), ['without.ts:1:14 TS2322', 'without.ts:2:19 TS7006'])
})

test('nothing outside of the store is seen, however it is spelt', async () => {
  using outside = tempDirectory({ 'secret.json': '{ "password": "hunter2" }', 'secret.ts': `export const password = 'hunter2'` })
  using inside = tempDirectory({
    '.hidden/secret.ts': `export const password = 'hunter2'`,
    'node_modules/p/package.json': '{ "name": "p" }',
  })
  symlinkSync(join(outside.path, 'secret.ts'), join(inside.path, 'link.ts'))
  const spellings = [
    `${outside.path}/secret.ts`,
    `${outside.path}/secret.json`,
    `./link.ts`,
    `./.hidden/secret.ts`,
    `../${outside.path.split('/').at(-1)}/secret.ts`,
    `p/../../${outside.path.split('/').at(-1)}/secret.ts`,
    `file://${outside.path}/secret.ts`,
  ]
  await using checker = createTypeChecker({ store: diskStore(inside.path), environment: () => '' })
  for (const spelling of spellings) {
    const ways = [
      `import * as secret from '${spelling}'\nexport const n: number = secret\n`,
      `export const n: number = null as unknown as typeof import('${spelling}')\n`,
      `/// <reference path="${spelling}" />\nexport const n: number = 'x'\n`,
    ]
    for (const text of ways) {
      inside.write('a.ts', text)
      const problems = await checker.check(['a.ts'])
      assert.ok(problems.length > 0, text)
      assert.not.match(JSON.stringify(problems.map(({ message }) => message)), /hunter2|password/, text)
    }
  }
})

test('types of installed packages are seen, also where their manager links them', async () => {
  using project = tempDirectory({
    'node_modules/.store/q@1/node_modules/q/package.json': '{ "name": "q", "version": "1.0.0", "types": "./q.d.ts" }',
    'node_modules/.store/q@1/node_modules/q/q.d.ts': `import type { R } from 'r'\nexport declare const q: R\n`,
    'node_modules/.store/q@1/node_modules/r/package.json': '{ "name": "r", "version": "1.0.0", "types": "./r.d.ts" }',
    'node_modules/.store/q@1/node_modules/r/r.d.ts': 'export type R = string',
    'scripts/a.ts': `import { q } from 'q'\nexport const n: number = q\n`,
  })
  symlinkSync(join(project.path, 'node_modules/.store/q@1/node_modules/q'), join(project.path, 'node_modules/q'))
  await using checker = createTypeChecker({ store: diskStore(join(project.path, 'scripts')), environment: () => '' })
  const [problem] = await checker.check(['a.ts'])
  assert.is(problem?.message, "Type 'string' is not assignable to type 'number'.")
})

test('a link in a package folder leads to packages only, as for the bundler', async () => {
  using outside = tempDirectory({
    'app/package.json': '{ "name": "app", "types": "./secret.ts" }',
    'app/secret.ts': `export const password = 'hunter2'`,
    'app/secret.json': '{ "password": 1 }',
    'elsewhere/node_modules/q/index.d.ts': 'export declare const q: 1',
  })
  using project = tempDirectory({
    'scripts/node_modules/p/package.json': '{ "name": "p", "types": "./p.d.ts" }',
    'scripts/node_modules/p/p.d.ts': 'export declare const p: 1',
  })
  const link = (target: string, name: string): void =>
    symlinkSync(join(outside.path, target), join(project.path, 'scripts/node_modules', name))
  for (const [target, name] of [
    ['app', 'linked'],
    ['app', 'p/folder'],
    ['app/secret.ts', 'p/secret.ts'],
    ['app/secret.json', 'p/secret.json'],
    ['elsewhere/node_modules/q', 'q'],
  ] as const)
    link(target, name)
  await using checker = createTypeChecker({ store: diskStore(join(project.path, 'scripts')), environment: () => '' })
  const codesOf = async (specifier: string): Promise<readonly string[]> => {
    project.write('scripts/a.ts', `import * as it from '${specifier}'\nexport const n: number = it\n`)
    return (await checker.check(['a.ts'])).map(({ code }) => code)
  }
  for (const specifier of [
    'linked',
    'linked/secret.ts',
    'linked/secret.json',
    'p/folder',
    'p/folder/secret.ts',
    'p/secret.ts',
    'p/secret.json',
  ])
    assert.equal(await codesOf(specifier), ['TS2307'], specifier)
  for (const specifier of ['p', 'q']) assert.equal(await codesOf(specifier), ['TS2322'], specifier)
})

test('a compiler that was killed is started again, and nobody is blamed', async () => {
  await over({ 'a.ts': BAD, 'b.ts': 'export const n = 1' }, async (checker) => {
    for (let i = 0; i < 3; i++) {
      assert.equal(places(await checker.check(['a.ts'])), ['a.ts:1:14 TS2322'])
      const pid = await checker.pid()
      assert.type(pid, 'number')
      process.kill(pid as number, 'SIGKILL')
      if (i === 1) await sleep(100) // it may be noticed before or while the next one asks
      const [a, b] = await Promise.all([checker.check(['a.ts']), checker.check(['b.ts'])])
      assert.equal(places(a), ['a.ts:1:14 TS2322'])
      assert.equal(b, [])
      assert.is.not(await checker.pid(), pid)
    }
  })
})

test('a compiler that is stopped dead is given up after the deadline, and the next one answers', async () => {
  const store = memoryStore({ 'a.ts': BAD })
  await using checker = createTypeChecker({ store, environment: () => '', deadlineMs: 6_000 })
  await checker.check(['a.ts'])
  process.kill((await checker.pid()) as number, 'SIGSTOP')
  assert.match((await checker.check(['a.ts']))[0]?.message ?? '', 'it took longer than 6000 ms')
  assert.equal(places(await checker.check(['a.ts'])), ['a.ts:1:14 TS2322'])
})

test('a file whose types take too long is blamed alone; the others of the same round are checked', async () => {
  const store = memoryStore({ 'a.ts': BAD, 'endless.ts': ENDLESS, 'z.ts': 'export const n = 1' })
  await using checker = createTypeChecker({ store, environment: () => '', deadlineMs: 6_000, memoryBytes: 200 * 1024 * 1024 })
  const started = performance.now()
  const [a, endless, z] = await Promise.all(['a.ts', 'endless.ts', 'z.ts'].map((path) => checker.check([path])))
  assert.equal(places(a ?? []), ['a.ts:1:14 TS2322'])
  assert.equal(z, [])
  const [problem] = endless ?? []
  assert.is(problem?.code, 'TYPE_CHECK_FAILED')
  assert.match(problem?.message ?? '', /"endless\.ts" could not be checked: it (took longer than 6000 ms|needed more than)/)
  assert.ok(performance.now() - started < 120_000)
  assert.equal(places(await checker.check(['a.ts'])), ['a.ts:1:14 TS2322'])
})

test('after its end it refuses, and what waited is refused too', async () => {
  const store = memoryStore({ 'a.ts': BAD })
  const checker = createTypeChecker({ store, environment: () => '' })
  const waiting = rejectionOf(checker.check(['a.ts']))
  await checker.close()
  const first = await waiting
  const later = await rejectionOf(checker.check(['a.ts']))
  assert.is(later.code, 'DISPOSED')
  assert.is(first.code, 'DISPOSED')
})

test('deep and large sources end in an answer', async () => {
  const files = {
    'deep.ts': `export const x = ${'['.repeat(4_000)}${']'.repeat(4_000)}`,
    'types.ts': `export type T = ${'{a:'.repeat(2_000)}1${'}'.repeat(2_000)}\nexport const t: T = 1`,
    'large.ts': `export const s: number = '${'x'.repeat(900_000)}'`,
    'good.ts': 'export const n = 1',
  }
  await over(files, async (checker) => {
    const [deep, types, large, good] = await Promise.all(Object.keys(files).map((path) => checker.check([path])))
    assert.ok(deep !== undefined && types !== undefined)
    assert.is(large?.[0]?.code, 'TS2322')
    assert.ok(JSON.stringify(large).length < 10_000)
    assert.equal(good, [])
  })
})

test('a source with a problem on each line does not hold the host up: the first are told, and how many more there are', async () => {
  const lines = 10_000
  const files = { 'flood.ts': `export {}\n${'a\n'.repeat(lines)}`, 'good.ts': 'export const n = 1' }
  await over(files, async (checker) => {
    await checker.check(['good.ts']) // the compiler is there
    const start = performance.now()
    const problems = await checker.check(['flood.ts'])
    assert.ok(performance.now() - start < 40_000, 'it is a matter of a second, however busy the machine is')
    assert.is(problems.length, 101)
    assert.equal(places(problems.slice(0, 2)), ['flood.ts:2:1 TS2304', 'flood.ts:3:1 TS2304'])
    assert.equal(problems[100], {
      file: 'flood.ts',
      line: 101,
      column: 1,
      endLine: 101,
      endColumn: 2,
      code: 'TS2304',
      message: '9900 more problems of this file are not shown.',
    })
  })
})

test('no message names a folder of the host', async () => {
  using project = tempDirectory({
    'scripts/mod.ts': 'export const n = 1',
    'scripts/script.ts': 'var n = 1',
    'node_modules/p/package.json': '{ "name": "p", "version": "1.0.0", "types": "./p.d.ts" }',
    'node_modules/p/p.d.ts': 'export declare const p: 1',
  })
  const tries = [
    `import * as m from './mod.ts'\nexport const x: number = m`,
    `import x from './script.ts'\nexport { x }`,
    `export const x: import('./mod.ts').Nope = 1`,
    `import { nope } from './mod.ts'\nexport { nope }`,
    `import * as p from 'p'\nexport const x: number = p`,
    `import { nope } from 'p'\nexport { nope }`,
    `import * as t from 'vivarium/test'\nexport const x: number = t`,
    `/// <reference path="./nowhere.ts" />\n/// <reference types="node" />\nexport {}`,
  ]
  await using checker = createTypeChecker({ store: diskStore(join(project.path, 'scripts')), environment: () => '' })
  for (const text of tries) {
    project.write('scripts/a.ts', text)
    const problems = await checker.check(['a.ts'])
    assert.ok(problems.length > 0, text)
    for (const { message } of problems) assert.not.match(message, /["'( ]\/[a-z]/i, message)
  }
})

test('a directory with many files below node_modules is none of its business', async () => {
  using directory = tempDirectory({ 'a.ts': BAD })
  mkdirSync(join(directory.path, 'node_modules', '@types', 'node'), { recursive: true })
  writeFileSync(join(directory.path, 'node_modules', '@types', 'node', 'index.d.ts'), 'declare const process: unknown')
  await using checker = createTypeChecker({ store: diskStore(directory.path), environment: () => '' })
  directory.write('b.ts', 'export default process')
  assert.equal(places(await checker.check(['a.ts', 'b.ts'])), ['a.ts:1:14 TS2322', 'b.ts:1:16 TS2591'])
})

test.run()
