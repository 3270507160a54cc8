// `vivarium dev` on a real pseudo terminal: what is shown, what keys do, and that the terminal is given back as it was, whatever ends the program.
// timeout: 600s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'
import { HAS_TERMINALS, TerminalProgram, type TerminalStart } from './terminal.ts'

const GREET = `export default { name: 'Greet', on: { greet: ({ name }, ctx) => { ctx.log.info('greeting', { name }); return 'Hello, ' + name } } }`
const ORDERS = `export default { on: {
  'order.created'(order, ctx) {
    ctx.log.debug('looking')
    ctx.log.warn('strange order')
    return order.lines.length
  },
} }`
const FILES = {
  'greet.ts': GREET,
  'orders.ts': ORDERS,
  'fixtures/greet.json': '{ "name": "Ada" }',
  'fixtures/big-order.json': '{ "event": "order.created", "payload": { "total": 900 } }',
  'fixtures/broken.json': '{ "a": ',
}
const UP = '\u001b[A'
const DOWN = '\u001b[B'
const LEFT_AS_IT_WAS = { alternate: false, cursor: true, wrap: true, synchronised: false }

if (!HAS_TERMINALS) console.log('# skipped: there is no "script" of util-linux here to make terminals with')
const terminalTest = HAS_TERMINALS ? test : test.skip

function startDev(
  cwd: string,
  { args = [], ...start }: Partial<TerminalStart> & { readonly args?: readonly string[] } = {},
): TerminalProgram {
  return new TerminalProgram(['dev', '--no-types', ...args], { cwd, ...start })
}

function assertGivenBack(program: TerminalProgram): void {
  assert.equal(program.screen.modes, LEFT_AS_IT_WAS)
  assert.match(program.settingsAfter, /(^|[\s;])icanon\b/)
  assert.match(program.settingsAfter, /(^|\s)echo\b/)
  assert.equal(program.screen.unknown, [])
}

terminalTest('an event is fired, a failure opened, mended, and run again: all by keys, in 80 columns and 24 rows', async () => {
  using directory = tempDirectory(FILES)
  using program = startDev(directory.path)
  await program.shows('2 ready')
  await program.shows(/^> greet +ready +0/m)
  assert.ok(program.screen.modes.alternate)
  program.press('f')
  await program.shows('> 1 fixtures/greet.json')
  await program.shows('fixtures/broken.json  The data is not valid JSON')
  assert.not.match(program.screen.text, 'big-order')
  program.press('\r')
  await program.shows(/greet +greet +ok +\d+\.\d +'Hello, Ada'/)
  await program.shows("info  greet  greeting { name: 'Ada' }")
  program.press(`${DOWN}f`)
  await program.shows('> 1 fixtures/big-order.json as order.created')
  program.press('1')
  await program.shows(/orders +order\.created +exception/)
  program.press('o')
  await program.shows(/orders on order\.created: exception at orders\.ts:5:\d+/)
  await program.shows('> 5 |     return order.lines.length')
  program.press('q')
  await program.shows('runs, the latest first')
  directory.write('orders.ts', ORDERS.replace('order.lines.length', 'order.total'))
  await program.shows('orders  loaded')
  program.press('r')
  await program.shows(/orders +order\.created +ok +\d+\.\d +900/)
  await program.shows(/^> orders +ready +2 +1 /m)
  for (const line of program.screen.lines) assert.ok(line.length <= 80)
  program.press('q')
  assert.is(await program.ended, 0)
  assert.match(program.screen.text, '3 runs, 1 failed.')
  assertGivenBack(program)
})

terminalTest('a version with a mistake is shown while the last good one stays; new scripts come and go', async () => {
  using directory = tempDirectory(FILES)
  using program = startDev(directory.path)
  await program.shows('2 ready')
  directory.write('greet.ts', 'export default { on: { greet( } }')
  await program.shows('1 with a newer version that does not load')
  program.press('o')
  await program.shows('greet.ts:1:31')
  program.press('\u001b')
  await program.shows('── log')
  directory.write('greet.ts', GREET)
  directory.write('extra.ts', `export default { needs: { mail: true }, on: { greet: () => 1 } }`)
  await program.shows('2 ready, 1 denied')
  program.press(`${UP}\r`)
  await program.shows('extra: denied')
  program.press('q')
  await program.shows('── log')
  program.press('?')
  await program.shows('Keys of "vivarium dev"')
  program.press(' ')
  program.press('o')
  await program.shows('vivarium dev: failure')
  program.press('q')
  program.press('\u0004')
  assert.is(await program.ended, 0)
  assertGivenBack(program)
})

terminalTest('the log shows only what is asked for', async () => {
  using directory = tempDirectory(FILES)
  using program = startDev(directory.path)
  await program.shows('2 ready')
  program.press('f1')
  await program.shows('greet  greeting')
  program.press(`${DOWN}f1`)
  await program.shows('orders  strange order')
  await program.shows('debug orders  looking')
  program.press('ll')
  await program.shows('log (warn and worse)')
  assert.not.match(program.screen.text, 'looking')
  assert.not.match(program.screen.text, 'greeting')
  program.press('x')
  await program.shows('greet  greeting')
  program.press('/STRANGe\r')
  await program.shows('log (with "STRANGe")')
  assert.not.match(program.screen.text, 'looking')
  program.press('xs')
  await program.shows('log (of orders)')
  assert.not.match(program.screen.text, 'greeting')
  program.press(UP)
  await program.shows('log (of greet)')
  assert.not.match(program.screen.text, 'strange')
  program.press('c')
  await program.shows(/^> greet +ready +0/m)
  program.press('q')
  assert.is(await program.ended, 0)
})

terminalTest('the picture follows the size of the terminal, however small', async () => {
  using directory = tempDirectory(FILES)
  using program = startDev(directory.path)
  await program.shows('? help  q quit')
  program.resize(40, 120)
  await program.shows(/q quit$/)
  program.press('f1')
  await program.shows('greeting')
  assert.is(program.screen.lines.length, 40)
  assert.match(program.screen.lines.at(-1) ?? '', 'q quit')
  program.resize(10, 40)
  await program.shows('greeting { name: …')
  assert.match(program.screen.lines.at(-1) ?? '', 'f fire')
  program.resize(3, 10)
  program.press('f')
  await program.shows(/^> 1 /m)
  program.resize(1, 1)
  program.resize(24, 80)
  await program.shows('fire at greet')
  program.press('\u001b') // no key follows before it has taken effect: read together, they would be another one
  await program.shows('── runs, the latest first')
  // Without a shell nobody can bring it back: it comes back by itself.
  program.press('\u001a')
  program.press('?')
  await program.shows('Keys of')
  assert.match(program.raw, /\?1049l.*\?1049h/s)
  program.press(' ')
  program.press('q')
  assert.is(await program.ended, 0)
  assertGivenBack(program)
})

terminalTest(
  'Ctrl+C and SIGTERM end it with their own exit codes, and a key right after Ctrl+Z does; all give the terminal back',
  async () => {
    using directory = tempDirectory(FILES)
    for (const [end, code] of [
      [(program: TerminalProgram) => program.press('\u0003'), 130],
      [(program: TerminalProgram) => program.press('\u001aq'), 0],
      [(program: TerminalProgram) => process.kill(program.pid, 'SIGTERM'), 143],
    ] as const) {
      using program = startDev(directory.path)
      await program.shows('2 ready')
      end(program)
      assert.is(await program.ended, code)
      assertGivenBack(program)
    }
  },
)

terminalTest('a crash of the application’s own code leaves a terminal that works, and its error on it', async () => {
  using directory = tempDirectory({
    'scripts/greet.ts': GREET,
    'vivarium.config.js': `console.log('from the host')
      let signals = 0
      process.on('SIGUSR2', () => {
        if (signals++ > 0) throw new Error('the host crashed')
        console.log('later \\u001b[31mfrom the host')
      })
      export const events = { greet: {} }`,
    'package.json': '{ "type": "module" }',
  })
  using program = startDev(directory.path)
  await program.shows('1 ready')
  process.kill(program.pid, 'SIGUSR2')
  await program.shows('vivarium dev  later \\x1b[31mfrom the host')
  process.kill(program.pid, 'SIGUSR2')
  assert.not.equal(await program.ended, 0)
  assert.match(program.screen.text, 'Error: the host crashed')
  assertGivenBack(program)
})

terminalTest('nothing that a script says reaches the terminal as more than text', async () => {
  const codes = String.raw`\u001b[2J\u001b]0;owned\u0007\u009b31m\r\u202e`
  using directory = tempDirectory({
    'hostile.js': `export default { on: { '*': () => 1, go: (_, ctx) => { ctx.log.info('${codes}\\nforged', { ['${codes}']: '${codes}' }); throw new Error('${codes}\\nforged') } } }`,
    'named.js': `export default { name: '${codes}', on: { '${codes}': () => 1 } }`,
    'other.js': `export default () => 1\nthrow new Error('${codes}')`,
    'fixtures/x.json': '{ "event": "go", "payload": {} }',
    'fixtures/y.json': `{ "event": "${codes}", "payload": {} }`,
  })
  using program = startDev(directory.path)
  await program.shows('1 ready, 2 failed')
  for (const [keys, shown] of [
    ['f', 'vivarium dev: fire at hostile'],
    ['1', /hostile +go +exception/],
    ['o', 'vivarium dev: failure 1 of 3'],
    ['\u001b[C', 'vivarium dev: failure 2 of 3'],
    ['q', '── log'],
    ['\r', 'vivarium dev: hostile'],
    ['q', '── log'],
    [`${DOWN}\r`, 'vivarium dev: named'],
    ['q', '── log'],
    ['s', 'log (of named)'],
    [UP, 'log (of hostile)'],
    ['/x1b\r', /log \(of hostile, with "x1b"\)[\s\S]*forged/],
  ] as const) {
    program.press(keys)
    await program.shows(shown)
  }
  program.press('q')
  assert.is(await program.ended, 0)
  assert.equal(program.screen.unknown, [])
  for (const code of ['\u001b]', '\u009b', '\u202e']) assert.not.ok(program.raw.includes(code))
})

terminalTest('a picture that did not change is not sent again', async () => {
  using directory = tempDirectory(FILES)
  using program = startDev(directory.path)
  await program.shows('q quit')
  const before = program.screen.pictures
  for (let i = 0; i < 20; i++) program.press(UP)
  program.press('/')
  await program.shows('type a text')
  assert.ok(program.screen.pictures - before <= 4, `${program.screen.pictures - before} pictures`)
  program.press('\r')
  program.press('q')
  assert.is(await program.ended, 0)
})

test.run()
