// An engine for one command, from the options that all commands share.
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { createEngine, type Engine, type EngineObserver } from '../engine/index.ts'
import type { CommonOptions } from './common-options.ts'
import { type Host, loadHost } from './host-module.ts'
import { isNamed, isThere } from './is-there.ts'
import { safeLine } from './safe-text.ts'
import { printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const POLICY = 'policy.yaml'

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
  return { directory, policy: policy ?? findPolicy(directory), host }
}

/**
 * The policy that is there: in the scripts directory, or else beside it, where users who write scripts do not write. Undefined where there is none. Only a directory
 * called `scripts` has something of its own beside it, and what lies above the current directory may be anyone's.
 */
function findPolicy(directory: string): string | undefined {
  const own = join(directory, POLICY)
  const parent = dirname(resolve(directory))
  const path = relative(process.cwd(), join(parent, POLICY))
  const isOurs = basename(resolve(directory)) === 'scripts' && !isAbsolute(path) && path.split(sep)[0] !== '..'
  const beside = isOurs && isNamed(path) ? path : undefined
  if (!isNamed(own)) return beside
  if (beside !== undefined) printNote(`${safeLine(beside)} is not read: ${safeLine(own)} is the policy. --policy names another.`)
  return own
}

/** Opens an engine to look at scripts as the application would load them; the caller closes it. Throws what `createEngine` throws, and a `UsageError` for the host module. */
export async function openEngine(places: Places): Promise<Engine> {
  return await openEngineOf(places, await loadHost(places))
}

/** The same for an application that is loaded already; its bindings close with the engine. Schedules do not run. */
export async function openEngineOf({ directory, policy }: Places, { events, bindings }: Host, observer?: EngineObserver): Promise<Engine> {
  return await createEngine({ scripts: directory, policy, events, bindings, schedules: false, observer })
}
