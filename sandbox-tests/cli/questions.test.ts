// `vivarium init` and `vivarium new` on a terminal: three questions, or as many as were not answered by options; Ctrl+C and Ctrl+D leave nothing behind.
// timeout: 400s
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'
import { HAS_TERMINALS, TerminalProgram } from './terminal.ts'

const terminalTest = HAS_TERMINALS ? test : test.skip

terminalTest('init asks where, which script first, and what to run on', async () => {
  using directory = tempDirectory()
  using program = new TerminalProgram(['init'], { cwd: directory.path })
  await program.shows('Where are the scripts to be? [scripts]')
  program.press('mine\r')
  await program.shows('Number or name [hello]')
  program.press('nothing\r')
  await program.shows('There is no "nothing" in the list.')
  program.press('3\r')
  await program.shows('What are scripts to run on?')
  program.press('v8\r')
  assert.is(await program.ended, 0)
  assert.match(program.screen.text, 'vivarium run order.price --data fixtures/order.price.json')
  assert.match(readFileSync(join(directory.path, 'mine', 'policy.yaml'), 'utf8'), 'runtime: v8')
  assert.ok(existsSync(join(directory.path, 'mine', 'discount.test.ts')))
})

terminalTest('beside an application with several events, init and new ask for one', async () => {
  using directory = tempDirectory({
    'package.json': '{ "type": "module" }',
    'vivarium.config.js': `export const events = { started: {}, ended: { description: 'It is over.' }, price: { kind: 'filter' } }\n`,
  })
  using first = new TerminalProgram(['init', 'scripts', '--template', 'event', '--runtime', 'quickjs'], { cwd: directory.path })
  await first.shows('Which event of the application is it to handle?')
  await first.shows('2 ended')
  first.press('2\r')
  assert.is(await first.ended, 0)
  assert.match(first.screen.text, 'order-size handles ended, as vivarium.config.js has it.')
  assert.ok(existsSync(join(directory.path, 'scripts', 'fixtures', 'ended.json')))
  using second = new TerminalProgram(['new', 'event', 'other'], { cwd: directory.path })
  await second.shows('Which event')
  second.press('\u0003')
  assert.is(await second.ended, 130)
  assert.not.ok(existsSync(join(directory.path, 'scripts', 'other.ts')))
})

terminalTest('what was said is not asked; with --yes nothing is', async () => {
  using directory = tempDirectory()
  using one = new TerminalProgram(['init', 'a', '--template', 'event'], { cwd: directory.path })
  await one.shows('What are scripts to run on?')
  one.press('\r')
  assert.is(await one.ended, 0)
  assert.not.match(one.raw, 'Where are')
  using none = new TerminalProgram(['init', 'b', '--yes'], { cwd: directory.path })
  assert.is(await none.ended, 0)
  assert.not.match(none.raw, '?')
  assert.ok(existsSync(join(directory.path, 'b', 'hello.ts')))
})

terminalTest('Ctrl+C and Ctrl+D at a question leave nothing behind', async () => {
  using directory = tempDirectory()
  for (const key of ['\u0003', '\u0004']) {
    using program = new TerminalProgram(['init'], { cwd: directory.path })
    await program.shows('Where are the scripts to be?')
    program.press(key)
    assert.is(await program.ended, 130)
  }
  assert.equal(readdirSync(directory.path), [])
})

terminalTest('new asks before it writes into the policy', async () => {
  using directory = tempDirectory({ 'policy.yaml': 'version: 1\n' })
  const policy = (): string => readFileSync(join(directory.path, 'policy.yaml'), 'utf8')
  for (const [answer, script, isGranted] of [
    ['n\r', 'one', false],
    ['\u0003', 'two', false],
    ['\r', 'three', true],
  ] as const) {
    using program = new TerminalProgram(['new', 'counter', script], { cwd: directory.path })
    await program.shows(`policy.yaml does not grant kv to ${script}. Add it? [Y/n]`)
    program.press(answer)
    assert.is(await program.ended, 0)
    assert.is(program.screen.text.includes('is denied'), !isGranted)
    assert.is(policy().includes(script), isGranted)
    assert.ok(existsSync(join(directory.path, `${script}.ts`)))
  }
})

test.run()
