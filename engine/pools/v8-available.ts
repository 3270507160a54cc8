// Whether scripts can run on V8 here: isolated-vm is an optional package with native code, made for some versions of Node. Looked at, never loaded: that is for
// the process that runs scripts.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/** What this version of vivarium was made for. */
const MADE_FOR = '7.0.1'
const INSTALL = `Install it: npm install isolated-vm@${MADE_FOR} (it has builds for Node 24 and 26).`

/** What is asked of the package that finds the build of native code. */
interface BuildFinder {
  resolve(directory: string): string
}

/** Why scripts cannot run on V8, and what to do, as sentences; undefined where they can. `from` is the file, or its URL, that would load isolated-vm. */
export function findV8Fault(from: string = import.meta.url): string | undefined {
  const require = createRequire(from)
  let manifest: string
  try {
    manifest = require.resolve('isolated-vm/package.json')
  } catch {
    return `the package "isolated-vm" is not installed. ${INSTALL}`
  }
  try {
    const { version } = require(manifest) as { readonly version: string }
    if (!isKnown(version)) return `isolated-vm ${version} is installed, and this version of vivarium was made for ${MADE_FOR}. ${INSTALL}`
    const finder = createRequire(manifest)('node-gyp-build') as BuildFinder
    finder.resolve(dirname(manifest))
    return undefined
  } catch {
    const here = `Node ${process.versions.node} on ${process.platform} ${process.arch}`
    return `the installed isolated-vm has no build for ${here}. Run this with Node 24 or 26, or build it: npm rebuild isolated-vm.`
  }
}

/** Version 7 from 7.0.1 on: earlier ones let scripts reach the host's memory. */
function isKnown(version: string): boolean {
  const [major, minor = 0, patch = 0] = version.split('.').map(Number)
  return major === 7 && (minor > 0 || patch >= 1)
}
