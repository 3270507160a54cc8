// Whether V8 can be had is looked at in real directories: with isolated-vm, without it, with one that will not do.
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findV8Fault } from '../../engine/pools/v8-available.ts'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const faultIn = (directory: string): string | undefined => findV8Fault(pathToFileURL(join(directory, 'engine', 'some-file.js')).href)
const PACKAGE = 'node_modules/isolated-vm/package.json'

test('here, where it is a dependency of development, scripts can run on v8', () => {
  assert.is(findV8Fault(), undefined)
})

test('where it is not installed, the sentence says what to install, and for which Node', () => {
  using directory = tempDirectory({ 'engine/some-file.js': '' })
  assert.match(
    faultIn(directory.path) ?? '',
    /^the package "isolated-vm" is not installed\. Install it: npm install isolated-vm@7\.\d+\.\d+ \(.*Node 24 and 26\)\.$/,
  )
})

test('a version that this one was not made for will not do', () => {
  for (const version of ['6.0.2', '7.0.0', '8.0.0', 'seven']) {
    using directory = tempDirectory({ [PACKAGE]: JSON.stringify({ name: 'isolated-vm', version }) })
    assert.match(
      faultIn(directory.path) ?? '',
      new RegExp(`^isolated-vm ${version} is installed, and this version of vivarium was made for 7`),
    )
  }
})

test('without a build for this Node, the sentence names both', () => {
  using directory = tempDirectory({ [PACKAGE]: JSON.stringify({ name: 'isolated-vm', version: '7.0.1' }) })
  symlinkSync(join(ROOT, 'node_modules/node-gyp-build'), join(directory.path, 'node_modules/node-gyp-build'))
  const fault = faultIn(directory.path) ?? ''
  assert.ok(
    fault.startsWith(`the installed isolated-vm has no build for Node ${process.versions.node} on ${process.platform} ${process.arch}. `),
    fault,
  )
  mkdirSync(join(directory.path, 'node_modules/isolated-vm/prebuilds'))
  cpSync(join(ROOT, 'node_modules/isolated-vm/prebuilds'), join(directory.path, 'node_modules/isolated-vm/prebuilds'), { recursive: true })
  assert.is(faultIn(directory.path), undefined, 'with its builds it will')
})

test('a package that is broken is told like one without a build', () => {
  using directory = tempDirectory({ [PACKAGE]: '{ broken' })
  assert.match(faultIn(directory.path) ?? '', /isolated-vm/)
})

test.run()
