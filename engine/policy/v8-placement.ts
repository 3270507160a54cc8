// V8 in a thread: what is said of it, and where a policy asks for it in so many words.
import type { PolicyPath } from './policy-path.ts'
import type { PolicySettings } from './policy-revision.ts'
import type { Problem } from './problem.ts'

/** The end of a sentence that begins with the path of a placement. */
export const V8_IN_A_THREAD =
  'cannot be "thread" for the runtime "v8": a script can crash the process that V8 runs in, and only a kill ends it in every case; write "process", or remove the line'

/** The parts of a policy that the check reads. */
export interface PlacedSettings {
  readonly defaults?: Pick<PolicySettings, 'runtime' | 'placement'> | undefined
  readonly scripts?: { readonly [glob: string]: Pick<PolicySettings, 'runtime' | 'placement'> } | undefined
}

/**
 * The entries that put V8 into a thread whichever scripts there are: those that choose both, and, where nothing but V8 is ever chosen, those that choose the thread.
 * What depends on which entries meet in a script is said of that script.
 */
export function v8PlacementProblems({ defaults = {}, scripts = {} }: PlacedSettings): Problem[] {
  const entries = Object.entries(scripts)
  const isAlwaysV8 = defaults.runtime === 'v8' && entries.every(([, { runtime }]) => runtime !== 'quickjs')
  const blocks: [path: PolicyPath, settings: PlacedSettings['defaults']][] = [
    [['defaults'], defaults],
    ...entries.map(([glob, settings]): [PolicyPath, typeof settings] => [['scripts', glob], settings]),
  ]
  return blocks
    .filter(
      ([, settings]) => settings?.placement === 'thread' && (settings.runtime === 'v8' || (isAlwaysV8 && settings.runtime === undefined)),
    )
    .map(([path]) => ({ kind: 'invalid', path: [...path, 'placement'], part: 'value', message: V8_IN_A_THREAD }))
}
