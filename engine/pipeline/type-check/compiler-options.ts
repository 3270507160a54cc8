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

/** The text of a scripts directory's `tsconfig.json`, for editors. */
export function tsconfigText(): string {
  const content = { compilerOptions: COMPILER_OPTIONS, include: ['**/*', '.vivarium/env.d.ts'] }
  return `// For your editor. Vivarium transpiles each script on its own and does not read this file; "vivarium check" uses the same options.\n${JSON.stringify(content, undefined, 2)}\n`
}
