// Turns the bundler's source map into ours: paths that a user knows, no path of the host, no text of installed packages.

interface RawSourceMap {
  readonly version: 3
  readonly sources: readonly (string | null)[]
  readonly sourcesContent: readonly (string | null)[]
  readonly mappings: string
  readonly names: readonly string[]
}

/**
 * Stands behind every source that is bundled. A source may name a source map of its own, anywhere on the disk, and the bundler would read it;
 * the last one that is named counts, and this one is empty.
 */
const NO_SOURCE_MAP = '\n//# sourceMappingURL=data:application/json,{"version":3}'

/** The text of a source as the bundler gets it. JSON has no comments and names no source map. */
export function withoutSourceMap(text: string, loader: string): string {
  return loader === 'json' ? text : text + NO_SOURCE_MAP
}

/** Source map text in, source map text out. Sources that no user wrote become null. */
export function relocateSources(text: string): string {
  const map = JSON.parse(text) as RawSourceMap
  const sources = map.sources.map((source) => (source === null ? null : shownPath(source)))
  const sourcesContent = map.sourcesContent.map((content, index) => (map.sources[index]?.startsWith('script:') ? asItWas(content) : null))
  return JSON.stringify({ version: 3, sources, sourcesContent, names: map.names, mappings: map.mappings })
}

/** A path of the bundler as the user knows it: below the scripts directory, or from `node_modules/` on. Null for virtual modules. */
export function shownPath(path: string): string | null {
  if (path.startsWith('script:')) return path.slice('script:'.length)
  const installed = path.lastIndexOf('node_modules/')
  return installed === -1 ? null : path.slice(installed)
}

function asItWas(content: string | null): string | null {
  return content?.endsWith(NO_SOURCE_MAP) === true ? content.slice(0, -NO_SOURCE_MAP.length) : content
}
