// Turns the bundler's source map into ours: paths that a user knows, no path of the host, no text of installed packages.

interface RawSourceMap {
  readonly version: 3
  readonly sources: readonly (string | null)[]
  readonly sourcesContent: readonly (string | null)[]
  readonly mappings: string
  readonly names: readonly string[]
}

/** Source map text in, source map text out. Sources that no user wrote become null. */
export function relocateSources(text: string): string {
  const map = JSON.parse(text) as RawSourceMap
  const sources = map.sources.map((source) => (source === null ? null : shownPath(source)))
  const sourcesContent = map.sourcesContent.map((content, index) => (map.sources[index]?.startsWith('script:') ? content : null))
  return JSON.stringify({ version: 3, sources, sourcesContent, names: map.names, mappings: map.mappings })
}

/** A path of the bundler as the user knows it: below the scripts directory, or from `node_modules/` on. Null for virtual modules. */
export function shownPath(path: string): string | null {
  if (path.startsWith('script:')) return path.slice('script:'.length)
  const installed = path.lastIndexOf('node_modules/')
  return installed === -1 ? null : path.slice(installed)
}
