// A source file as the rules see it: without comments and types.
import { transformSync } from 'esbuild'

/** The JavaScript of a source, one statement a line, strings in double quotes; comments and types are gone. */
export function readCode(source: string): string {
  const { code } = transformSync(source, {
    loader: 'ts',
    legalComments: 'none',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  })
  return code
}

/** Lines of a source with their comments blanked; each keeps its number. Good enough for types, which strings do not look like. */
export function readLinesWithoutComments(source: string): string[] {
  return source
    .replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ' '))
    .split('\n')
    .map((line) => line.replace(/(^|[\s;{}(),])\/\/.*$/, '$1'))
}
