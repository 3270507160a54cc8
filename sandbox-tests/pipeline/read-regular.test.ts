import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readRegular } from '../../engine/pipeline/read-regular.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

test('regular files are read, and nothing that hangs or never ends', async () => {
  using directory = tempDirectory({ 'package-lock.json': '{}', 'folder/file': '' })
  const at = (name: string): string => join(directory.path, name)
  symlinkSync(at('package-lock.json'), at('link'))
  symlinkSync('/dev/zero', at('zero'))
  execFileSync('mkfifo', [at('pipe')])
  assert.is(await readRegular(at('package-lock.json')), '{}')
  assert.is(await readRegular(at('link')), '{}')
  for (const name of ['zero', 'pipe', 'folder', 'nothing', 'folder/file/none']) assert.is(await readRegular(at(name)), undefined, name)
})

test.run()
