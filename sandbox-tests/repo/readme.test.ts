// The README's examples run. Blocks marked "ts run" are executed one after another in a directory of their own;
// blocks marked "file=path" are written there before; a block "text output" right after one holds what it prints.
// timeout: 180s
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type FencedBlock, readBlocks } from '../harness/markdown.ts'
import { ROOT, readText } from '../harness/source-files.ts'

const blocks = existsSync(join(ROOT, 'README.md')) ? readBlocks(readText('README.md')) : []
const examples = blocks.filter(isExample)

/** Below the repository, so that `import 'vivarium'` means this repository. */
let directory = ''
test.before(() => {
  mkdirSync(join(ROOT, '.vivarium'), { recursive: true })
  directory = mkdtempSync(join(ROOT, '.vivarium', 'readme-'))
  for (const block of blocks) {
    const path = block.words.find((word) => word.startsWith('file='))?.slice('file='.length)
    if (path !== undefined) writeBlock(path, block)
  }
})
test.after(() => rmSync(directory, { recursive: true, force: true }))

for (const example of examples) {
  test(`the example on line ${example.line} of the README runs`, () => {
    const file = writeBlock(`example-${example.line}.ts`, example)
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: directory, encoding: 'utf8', timeout: 60_000 })
    assert.is(status, 0, `${stdout}${stderr}`)
    const next = blocks[blocks.indexOf(example) + 1]
    if (next?.words.includes('output')) assert.is(stdout.trim(), next.text.trim())
  })
}

test('the README, once it is there, has examples that run', () => {
  if (!existsSync(join(ROOT, 'README.md'))) return console.log('# there is no README.md yet')
  assert.ok(examples.length > 0)
})

function isExample({ language, words }: FencedBlock): boolean {
  return language === 'ts' && words.includes('run')
}

function writeBlock(path: string, block: FencedBlock): string {
  const file = join(directory, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, block.text)
  return file
}

test.run()
