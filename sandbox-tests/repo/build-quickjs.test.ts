// The QuickJS build that lies in the repository is what its program makes of the published one, byte for byte: nobody has to trust a binary that somebody committed.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tempDirectory } from '../harness/temp-directory.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test('the QuickJS build is made of the published one', () => {
  using made = tempDirectory()
  execFileSync(process.execPath, [join(ROOT, 'build-quickjs.ts'), made.path], { encoding: 'utf8' })
  for (const file of ['quickjs.wasm', 'quickjs.LICENSE']) {
    const kept = readFileSync(join(ROOT, 'engine', 'sandbox', 'quickjs', file))
    assert.ok(kept.equals(readFileSync(join(made.path, file))), `${file} is another: npm run build:quickjs`)
  }
})

test.run()
