import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGlob, globFault } from '../../engine/policy/script-glob.ts'

const table: readonly (readonly [glob: string, yes: readonly string[], no: readonly string[]])[] = [
  ['greet', ['greet'], ['greeter', 'a/greet', 'Greet']],
  ['*', ['greet', 'a.b'], ['a/b', '.hidden']],
  ['**', ['greet', 'a/b/c'], ['.hidden', 'a/.hidden']],
  ['reports/**', ['reports', 'reports/a', 'reports/a/b'], ['reportsx', 'x/reports/a']],
  ['reports/*', ['reports/a'], ['reports', 'reports/a/b']],
  ['**/daily', ['daily', 'a/b/daily'], ['daily/a']],
  ['{daily,weekly}/*', ['daily/a', 'weekly/a'], ['monthly/a']],
  ['report-?', ['report-1'], ['report-10', 'report-']],
  ['[ab]*', ['a', 'bcd'], ['c']],
  ['a.b', ['a.b'], ['axb']],
  ['a+', ['a+'], ['a', 'aa']],
  ['@(a)', [], []],
  ['constructor', ['constructor'], ['__proto__']],
]

for (const [glob, yes, no] of table) {
  test(`the glob ${glob} matches what it says and nothing else`, () => {
    if (globFault(glob) !== undefined) return assert.is(yes.length, 0)
    const isMatch = compileGlob(glob)
    for (const id of yes) assert.ok(isMatch(id), `${glob} should match ${id}`)
    for (const id of no) assert.not.ok(isMatch(id), `${glob} should not match ${id}`)
  })
}

test('a glob that would surprise is refused with the reason', () => {
  for (const [glob, reason] of [
    ['', /is empty/],
    ['!secret', /has "!"/],
    ['(a+)+$', /has "\("/],
    ['a|b', /has "\|"/],
    ['a\\*', /globs know/],
    ['/abs', /begins with/],
    ['./rel', /begins with/],
    ['reports/weekly.ts', /write "reports\/weekly"/],
    ['x\u0000', /globs know/],
    ['x'.repeat(300), /longer than 256/],
    ['*a*a*a*a*a', /more than 3 "\*"/],
    ['**/a/**/b/**/c/**', /more than 3 "\*\*"/],
  ] as const) {
    assert.match(globFault(glob) ?? 'accepted', reason)
  }
})

test('matching a hostile id takes no long time', () => {
  const started = performance.now()
  for (const glob of ['*a*a*b', '**/*a*a*b/**/*b', '{a,aa,aaa}*{a,aa}*b']) {
    assert.is(globFault(glob), undefined)
    const isMatch = compileGlob(glob)
    isMatch('a'.repeat(255))
    isMatch(Array.from({ length: 15 }, () => 'a'.repeat(255)).join('/'))
  }
  assert.ok(performance.now() - started < 5_000)
})

test.run()
