// timeout: 600s
// Ways out: constructors, globals, errors, proxies, promises, symbols, replaced builtins.
import { test } from 'uvu'
import { testAttacks } from './battle.ts'

await testAttacks([
  'escape-constructor',
  'escape-global',
  'escape-error',
  'escape-proxy',
  'escape-promise',
  'escape-symbol',
  'escape-builtins',
])
test.run()
