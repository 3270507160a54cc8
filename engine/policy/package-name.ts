// Names of npm packages as a policy lists them: the package alone, without version, range or file.

const MAX_LENGTH = 214
const NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/

/** What is wrong with a package name, as the end of a sentence about it; undefined for a good one. */
export function packageFault(name: string): string | undefined {
  if (name.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  if (NAME.test(name)) return name === 'node_modules' ? 'is not the name of an npm package' : undefined
  const bare = /^(@[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*|[a-z0-9][a-z0-9._-]*)[@/]/.exec(name)?.[1]
  if (bare !== undefined && !name.startsWith('node:')) return `is more than the name of a package; write "${bare}"`
  return 'is not the name of an npm package; write it like "date-fns" or "@scope/name"'
}
