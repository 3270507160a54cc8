#!/usr/bin/env node
// The entry of the program `vivarium`. It imports nothing before it has looked at the version of Node: what it would import does not load on an old one.
import { LEAST_NODE, readMajor } from './node-version.ts'

if (readMajor(process.versions.node) < LEAST_NODE) {
  process.stderr.write(`error: vivarium needs Node ${LEAST_NODE} or newer; this is ${process.versions.node}.\n`)
  process.exitCode = 3
} else {
  const { runProgram } = await import('./run-program.ts')
  process.exitCode = await runProgram(process.argv.slice(2))
}
