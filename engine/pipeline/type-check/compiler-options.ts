// How scripts are checked: the same for editors (`.vivarium/tsconfig.json`), for `vivarium check` and for the gate at load, so that all three say the same.
import type { Json } from '../../model/json.ts'

/** What stands under `compilerOptions`. Strict; the language alone: everything else that the sandbox has is declared in env.d.ts. */
export const COMPILER_OPTIONS: { readonly [option: string]: Json } = Object.freeze({
  target: 'es2024',
  lib: ['es2024', 'esnext.collection', 'esnext.iterator', 'esnext.disposable'],
  types: [],
  module: 'preserve',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  strict: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noFallthroughCasesInSwitch: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  allowJs: true,
  checkJs: false,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
})
