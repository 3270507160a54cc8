// docs/testing-scripts.md runs as it stands, on both runtimes; what it shows is what the command prints.
// timeout: 400s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readBlocks } from '../harness/markdown.ts'
import { readText } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const blocks = readBlocks(readText('docs/testing-scripts.md'))

/** The blocks that say which file they are. */
function files(): Record<string, string> {
  return Object.fromEntries(
    blocks.flatMap(({ words, text }) => {
      const title = /^title="(.+)"$/.exec(words.join(' '))?.[1]
      return title === undefined ? [] : [[title, text]]
    }),
  )
}

for (const runtime of ['quickjs', 'v8'])
  test(`the example of docs/testing-scripts.md passes, as the page shows (${runtime})`, async () => {
    using directory = tempDirectory(files())
    const { code, stdout, stderr } = await vivarium(['test', '--runtime', runtime], { cwd: directory.path })
    assert.equal([code, stderr], [0, ''], stdout)
    const shown = blocks.find(({ language, text }) => language === 'text' && text.includes('4 passed'))?.text ?? ''
    const plain = (text: string): string =>
      text
        .replace(/ \(\d+ ms\)/g, '')
        .replace(/[\d.]+ s$/m, 'T s')
        .trim()
    assert.is(plain(stdout), plain(shown))
  })

test.run()
