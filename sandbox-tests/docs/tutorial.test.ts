// docs/writing-scripts.md, block by block, as a reader goes through it: files are written, commands run, and what they print is what the page shows.
// timeout: 300s
import { on } from 'node:events'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import connect from 'chrome-remote-interface'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { titleOf } from '../bindings/docs-example.ts'
import { startVivarium, vivarium } from '../cli/vivarium.ts'
import { type FencedBlock, readBlocks } from '../harness/markdown.ts'
import { ROOT, readText } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const PAGE = 'docs/writing-scripts.md'

/** The reader: where they are, and what they saw last. */
class Reader {
  #directory: string
  #printed = ''

  constructor(directory: string) {
    this.#directory = directory
  }

  async take(block: FencedBlock): Promise<void> {
    const title = titleOf(block)
    if (block.language === 'sh') this.#printed = await this.#type(block)
    else if (block.language === 'text') this.#compare(block)
    else if (block.language === 'diff') this.#edit(title ?? '', block)
    else if (title !== undefined) this.#save(title, block)
    else assert.unreachable(`${PAGE}:${block.line}: nobody knows what to do with this block`)
  }

  async #type({ text, words, line }: FencedBlock): Promise<string> {
    const options = words.join(' ')
    let printed = ''
    for (const command of text.trim().split('\n')) {
      const [program = '', ...args] = command.split(' ')
      if (program === 'cd') this.#directory = join(this.#directory, args[0] ?? '')
      else if (command.startsWith('npm install ')) install(this.#directory, args[1] ?? '')
      else if (program !== 'vivarium') assert.unreachable(`${PAGE}:${line}: no command of the tutorial: ${command}`)
      else printed += await this.#vivarium(args, options, `${PAGE}:${line}: ${command}`)
    }
    return printed
  }

  async #vivarium(args: readonly string[], options: string, where: string): Promise<string> {
    const input = /input="([^"]*)"/.exec(options)?.[1]
    if (input !== undefined) return await this.#watch(args, input)
    if (options.includes('debugger')) return await this.#debug(args)
    const { code, stdout, stderr } = await vivarium(args, { cwd: this.#directory })
    assert.is(code, options.includes('fails') ? 1 : 0, `${where}\n${stdout}${stderr}`)
    return stdout
  }

  /** Gives a command its input when it is ready for it, and ends it when it has printed what came of it. */
  async #watch(args: readonly string[], input: string): Promise<string> {
    const { child, end } = startVivarium(args, { cwd: this.#directory })
    await printedBy(child.stdout, /Watching/)
    child.stdin.write(`${input}\n`)
    await printedBy(child.stdout, /^ {2}used /m)
    child.stdin.end('quit\n')
    return (await end).stdout
  }

  /** A debugger that looks around and leaves. */
  async #debug(args: readonly string[]): Promise<string> {
    const { child, end } = startVivarium(args, { cwd: this.#directory })
    const [address] = await printedBy(child.stderr, /ws:\/\/\S+$/m)
    const client = await connect({ target: address, local: true })
    await client.send('Debugger.enable')
    await client.send('Runtime.runIfWaitingForDebugger')
    await client.close()
    const { code, stdout, stderr } = await end
    assert.is(code, 0, stderr)
    return `${stderr}${stdout}`
  }

  #compare({ text, line }: FencedBlock): void {
    assert.ok(isLike(this.#printed, text), `${PAGE}:${line} should show:\n${plain(this.#printed)}`)
  }

  #save(title: string, { text, words }: FencedBlock): void {
    const from = /from="([^"]*)"/.exec(words.join(' '))?.[1]
    const path = join(this.#directory, title)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, from === undefined ? text : `${textBefore(readFileSync(path, 'utf8'), from)}${text}`)
  }

  #edit(title: string, { text, line }: FencedBlock): void {
    const path = join(this.#directory, title)
    const side = (mark: string): string =>
      text
        .split('\n')
        .filter((each) => each.startsWith(mark))
        .map((each) => `${each.slice(2)}\n`)
        .join('')
    const before = readFileSync(path, 'utf8')
    assert.is(before.split(side('-')).length, 2, `${PAGE}:${line}: what is to be replaced should be there once`)
    writeFileSync(
      path,
      before.replace(side('-'), () => side('+')),
    )
  }
}

/** Waits until a command has printed something; fails when it ends without. */
async function printedBy(output: Readable, pattern: RegExp): Promise<RegExpExecArray> {
  let printed = ''
  for await (const [text] of on(output, 'data', { close: ['close'] })) {
    printed += text
    const found = pattern.exec(printed)
    if (found !== null) return found
  }
  return assert.unreachable(`nothing like ${pattern} in: ${printed}`) as never
}

function textBefore(text: string, line: string): string {
  const lines = text.split('\n')
  const at = lines.findIndex((each) => each.trim() === line)
  assert.is.not(at, -1, `there is no line "${line}" in:\n${text}`)
  return lines
    .slice(0, at)
    .map((each) => `${each}\n`)
    .join('')
}

/** What npm leaves, of a package that is installed here. */
function install(directory: string, name: string): void {
  cpSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name), { recursive: true })
  const { version } = JSON.parse(readText(`node_modules/${name}/package.json`)) as { readonly version: string }
  const manifest = { dependencies: { [name]: `^${version}` } }
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest))
  const lock = { lockfileVersion: 3, packages: { '': manifest, [`node_modules/${name}`]: { version } } }
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify(lock))
}

/** `…` stands for anything, on a line and for lines. */
function isLike(printed: string, shown: string): boolean {
  const pattern = plain(shown)
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escaped).join('.*')}\\n`))
    .join('')
  return new RegExp(`^${pattern}$`).test(`${plain(printed)}\n`)
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Without what is another one each time. */
function plain(text: string): string {
  return text
    .replace(/\d+ KiB/g, 'N KiB')
    .replace(/ \(\d+ ms\)$/gm, '')
    .replace(/\b\d+(?:\.\d+)? (ms|s)\b/g, 'T $1')
    .replace(/127\.0\.0\.1:\d+\/[\w-]+/g, '127.0.0.1:PORT/TOKEN')
    .trimEnd()
}

test('the tutorial does what it says, from the first block to the last', async () => {
  using directory = tempDirectory()
  const reader = new Reader(directory.path)
  for (const block of readBlocks(readText(PAGE))) await reader.take(block)
  // The last block shows all that a script can have; it loads as well.
  const { code, stdout } = await vivarium(['check', '--json'], { cwd: join(directory.path, 'orders') })
  const { scripts } = JSON.parse(stdout) as { readonly scripts: readonly { readonly id: string; readonly status: string }[] }
  assert.equal([code, scripts.find(({ id }) => id === 'shape')?.status], [1, 'denied'], 'nobody granted it kv')
})

test.run()
