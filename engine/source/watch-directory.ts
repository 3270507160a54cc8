// Watches a directory of scripts and waits until things have settled: an atomic save, a rename or a storm of saves is one report.
import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { watch } from 'chokidar'
import { engineError } from '../errors/engine-error.ts'
import { isHiddenName } from './script-entries.ts'
import type { StoreWatch } from './script-store.ts'
import { settle } from './settle.ts'

/** Only these can be part of a script: a database or a log that lives in the same directory reports nothing. No extension: a linked folder. */
const SOURCE = /(?:\.(?:ts|mts|js|mjs|json)|(?:^|\/)[^/.]+)$/

/** Starts watching; resolves when every later change will be reported. Throws `SOURCE_UNREADABLE` when the system refuses to watch. */
export async function watchDirectory(directory: string, onChange: (paths: ReadonlySet<string>) => void): Promise<StoreWatch> {
  const root = await realpath(directory)
  const settled = settle(onChange)
  const pathOf = (absolute: string): string => relative(root, absolute).split(sep).join('/')
  // A link out of the root must not be followed, and one inside it leads to a place that is watched anyway.
  // `settle` merges what an atomic save does; chokidar's own merging would report a rename in two parts.
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
    ignored: (path) => pathOf(path).split('/').some(isHiddenBelowRoot),
  })
  watcher.on('all', (event, path) => {
    const changed = pathOf(path)
    if (!event.endsWith('Dir') && SOURCE.test(changed)) settled.add(changed)
  })
  const close = async (): Promise<void> => {
    await watcher.close()
    settled.close()
  }
  try {
    await isReady(watcher)
  } catch (cause) {
    await close()
    throw engineError('SOURCE_UNREADABLE', ['.', `it cannot be watched (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`], {
      cause,
    })
  }
  return { close }
}

function isHiddenBelowRoot(name: string): boolean {
  return name !== '' && isHiddenName(name)
}

/** An error before everything is watched fails the start; a later one concerns a single folder, whose scripts `reload` still finds. */
function isReady(watcher: ReturnType<typeof watch>): Promise<void> {
  return new Promise((resolve, reject) => {
    watcher.on('error', reject)
    watcher.once('ready', resolve)
  })
}
