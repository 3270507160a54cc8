// What changes while tests are watched: sources, fixtures and the policy.
import { once } from 'node:events'
import { watch } from 'chokidar'
import { settle } from '../../engine/source/settle.ts'
import { watchDirectory } from '../../engine/source/watch-directory.ts'
import type { Places } from '../open-engine.ts'

/** Changes as they come. Whoever opened it disposes of it. */
export interface Changes extends AsyncDisposable {
  /** Paths that changed since the last call, relative to the scripts directory; waits for one. Undefined once the signal is aborted. */
  next(signal: AbortSignal): Promise<ReadonlySet<string> | undefined>
}

/** Starts watching. Throws `SOURCE_UNREADABLE`. */
export async function watchChanges({ directory, policy }: Places): Promise<Changes> {
  let changed = new Set<string>()
  let wake = (): void => undefined
  const onChange = (paths: ReadonlySet<string>): void => {
    changed = changed.union(paths)
    wake()
  }
  await using opened = new AsyncDisposableStack()
  const sources = await watchDirectory(directory, onChange)
  opened.defer(() => sources.close())
  if (policy !== undefined) {
    const settled = settle(onChange)
    const watcher = watch(policy, { ignoreInitial: true }).on('all', () => settled.add(policy))
    opened.defer(async () => {
      await watcher.close()
      settled.close()
    })
    await once(watcher, 'ready')
  }
  const everything = opened.move()
  return {
    async next(signal) {
      if (changed.size === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
      const paths = changed
      changed = new Set()
      return signal.aborted ? undefined : paths
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
