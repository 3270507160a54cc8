// The version of vivarium.
import { readFileSync } from 'node:fs'

/** As package.json has it. */
export function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return manifest.version
}
