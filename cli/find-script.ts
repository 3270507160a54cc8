// The script that a command names, as people name it.
import { relative, resolve, sep } from 'node:path'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { ScriptInfo } from '../engine/index.ts'
import { UsageError } from './usage-error.ts'

/** Finds it by id, or by the path of its file. Throws a `UsageError` that names those that there are. */
export function findScript(scripts: readonly ScriptInfo[], wanted: string, directory: string): ScriptInfo {
  const paths = [wanted, relative(directory, resolve(wanted)).split(sep).join('/')]
  const ids = paths.flatMap((path) => [path, path.replace(/\.(ts|js)$/, ''), path.replace(/\/index\.(ts|js)$/, '')])
  const found = ids.map((id) => scripts.find((script) => script.id === id)).find((script) => script !== undefined)
  if (found !== undefined) return found
  const known = scripts.map(({ id }) => id)
  const list = known.length === 0 ? 'There is none.' : `There ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`
  const hint = `${didYouMean(wanted.replace(/\.(ts|js)$/, ''), known)} ${list}`.trim()
  throw new UsageError(`There is no script ${JSON.stringify(wanted)} in ${JSON.stringify(directory)}.`, { hint })
}
