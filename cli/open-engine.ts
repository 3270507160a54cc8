// An engine for one command, from the options that all commands share.
import { join } from 'node:path'
import { createEngine, type Engine, type EngineObserver } from '../engine/index.ts'
import type { CommonOptions } from './common-options.ts'
import { type Host, loadHost } from './host-module.ts'
import { isNamed, isThere } from './is-there.ts'
import { UsageError } from './usage-error.ts'

/** Where everything is. */
export interface Places {
  readonly directory: string
  /** Undefined where there is no policy: the built-in limits hold, and nothing is granted but `ctx.log`. */
  readonly policy: string | undefined
  /** `--host`: where the application's events and bindings are. */
  readonly host?: string | undefined
}

/** Finds the directory and the policy. Throws a `UsageError` when `--policy` names what is not there. */
export function findPlaces({ dir, policy, host }: CommonOptions): Places {
  const directory = dir ?? (isThere('scripts', 'directory') ? 'scripts' : '.')
  if (policy !== undefined && !isThere(policy, 'anything'))
    throw new UsageError(`There is no policy file ${JSON.stringify(policy)}.`, { hint: 'Check the path after --policy.' })
  const own = join(directory, 'policy.yaml')
  return { directory, policy: policy ?? (isNamed(own) ? own : undefined), host }
}

/** Opens an engine to look at scripts as the application would load them; the caller closes it. Throws what `createEngine` throws, and a `UsageError` for the host module. */
export async function openEngine(places: Places): Promise<Engine> {
  return await openEngineOf(places, await loadHost(places))
}

/** The same for an application that is loaded already; its bindings close with the engine. Schedules do not run. */
export async function openEngineOf({ directory, policy }: Places, { events, bindings }: Host, observer?: EngineObserver): Promise<Engine> {
  return await createEngine({ scripts: directory, policy, events, bindings, schedules: false, observer })
}
