// The help teaches, and docs/cli.md says the same: commands, options, exit codes.
// timeout: 400s
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EXIT, EXIT_MEANINGS } from '../../cli/exit-codes.ts'
import { createProgram } from '../../cli/program.ts'
import { readHeadings } from '../harness/markdown.ts'
import { ROOT, readText } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const document = readText('docs/cli.md')
const commands = createProgram(() => undefined).commands
const names = commands.map((command) => command.name())
const cwd = tmpdir()

/** The first cells of the tables of a section, without their headers. */
function firstCells(section: string): string[] {
  return [...section.matchAll(/^\| `?([^|`]+)`? \|/gm)]
    .map(([, cell = '']) => cell.trim())
    .filter((cell) => !/^(Command|Option|Code)$/.test(cell))
}

function section(heading: string): string {
  return document.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
}

test('--help has the commands, a way to start and the exit codes', async () => {
  const { code, stdout, stderr } = await vivarium(['--help'], { cwd })
  assert.is(code, 0)
  assert.is(stderr, '')
  for (const name of names) assert.match(stdout, new RegExp(`^ {2}${name} `, 'm'))
  for (const [exitCode, meaning] of EXIT_MEANINGS)
    assert.match(stdout, new RegExp(`^ +${exitCode} {2}${meaning.replace(/[()+]/g, '\\$&')}$`, 'm'))
  assert.match(stdout, '$ vivarium init my-scripts')
})

test('the help of each command says what it does, and shows it', async () => {
  for (const name of names) {
    const { code, stdout } = await vivarium([name, '--help'], { cwd })
    assert.is(code, 0)
    assert.match(stdout, /\nExamples:\n {2}\$ /)
    assert.match(stdout, `vivarium ${name}`)
  }
})

test('a directory behind a command is answered with the option that takes it', async () => {
  using directory = tempDirectory({ 'my scripts/a.ts': '' })
  for (const args of [
    ['check', 'my scripts'],
    ['run', 'go', 'my scripts', '--policy', 'x'],
    ['check', '--json', 'my scripts'],
  ]) {
    const { code, stderr } = await vivarium(args, { cwd: directory.path })
    assert.is(code, 2)
    assert.match(stderr, args.includes('--json') ? /--dir \\"my scripts\\"/ : /Did you mean --dir "my scripts"\?/)
  }
  assert.not.match((await vivarium(['check', 'nothing'], { cwd: directory.path })).stderr, '--dir')
})

test('a command that does not exist, or none, is answered with those that do', async () => {
  for (const name of ['typos', 'serve', 'chek', '\u001b[2J']) {
    const { code, stdout, stderr } = await vivarium([name], { cwd })
    assert.equal([code, stdout], [2, ''])
    assert.match(stderr, `There are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}; "vivarium --help" says what they do.`)
    assert.not.match(stderr, '\u001b')
  }
  assert.match((await vivarium(['chek', '--dir', 'x'], { cwd })).stderr, 'Did you mean "check"?')
  assert.match((await vivarium(['--json', 'check'], { cwd })).stderr, '"error"')
  assert.match((await vivarium(['--dir', 'x', 'check'], { cwd })).stderr, 'There is no option "--dir" in front of a command')
  const { code, stderr } = await vivarium([], { cwd })
  assert.is(code, 2)
  assert.match(stderr, 'Say which command to run.')
})

test('--version is the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  assert.equal(await vivarium(['--version'], { cwd }), { code: 0, stdout: `${version}\n`, stderr: '' })
})

test('docs/cli.md has the same commands', () => {
  assert.equal(
    readHeadings(document, 2).filter((heading) => names.includes(heading)),
    names,
  )
  for (const command of commands) assert.match(section('Commands'), `| \`${command.name()}\` | ${command.description()} |`)
})

test('docs/cli.md has the same options', () => {
  const shared = firstCells(section('Commands')).filter((cell) => cell.startsWith('--'))
  for (const command of commands) {
    const own = firstCells(section(command.name())).filter((cell) => cell.startsWith('--'))
    const documented = ['init', 'new'].includes(command.name()) ? [...own, '--verbose'] : [...own, ...shared]
    assert.equal(command.options.map(({ flags }) => flags).sort(), documented.sort(), command.name())
  }
})

test('docs/cli.md has the same exit codes', () => {
  for (const [code, meaning] of EXIT_MEANINGS) assert.match(section('Exit codes'), `| ${code} | ${meaning} |`)
  assert.equal(
    firstCells(section('Exit codes')),
    EXIT_MEANINGS.map(([code]) => String(code)),
  )
  for (const code of Object.values(EXIT)) assert.match(section('Exit codes'), String(code))
})

test.run()
