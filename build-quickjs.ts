// Makes the QuickJS build that the engine runs, and the licenses that come with it: `npm run build:quickjs`, or `node build-quickjs.ts DIRECTORY`.
// The published build is made for size: every small step in it is a call. Here small functions go into those that call them, and an event takes less time. What lies
// in linear memory stays where it is, so the PLACES in engine/sandbox/quickjs/build.ts hold for both: the base that they make is the same, byte for byte. The file is kept in the repository, as making it takes ten seconds; a
// test makes it again and compares the bytes. Another version of either package, or another number below, makes another file: its hash then goes into build.ts.
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import binaryen from 'binaryen'

const PUBLISHED = '@jitl/quickjs-wasmfile-release-sync'
/** A function of no more than so many expressions goes into its callers. With larger ones, little is gained, and V8 compiles longer before a process is at its full speed. */
const INLINED_SIZE = 40

const directory = resolve(process.argv[2] ?? join(import.meta.dirname, 'engine', 'sandbox', 'quickjs'))
const bytes = withInlining(readFileSync(fileURLToPath(import.meta.resolve(`${PUBLISHED}/wasm`))))
writeFileSync(join(directory, 'quickjs.wasm'), bytes)
copyFileSync(join(dirname(fileURLToPath(import.meta.resolve(`${PUBLISHED}/package.json`))), 'LICENSE'), join(directory, 'quickjs.LICENSE'))
console.log(`quickjs.wasm: ${bytes.length} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`)

function withInlining(published: Uint8Array): Uint8Array {
  const { Features } = binaryen
  const module = binaryen.readBinary(published)
  // Nothing that the published build does not need: who can run that one can run this one.
  module.setFeatures(
    Features.BulkMemory | Features.BulkMemoryOpt | Features.NontrappingFPToInt | Features.SignExt | Features.MutableGlobals,
  )
  // The published build keeps its table of functions to itself. The engine adds one to it, which is told of rejections.
  module.addTableExport(binaryen.getTableInfo(module.getTableByIndex(0)).name, 'table')
  binaryen.setOptimizeLevel(3)
  binaryen.setShrinkLevel(0)
  binaryen.setAlwaysInlineMaxSize(INLINED_SIZE)
  binaryen.setFlexibleInlineMaxSize(INLINED_SIZE)
  module.optimize()
  return module.emitBinary()
}
