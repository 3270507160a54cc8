// A program of its own that swaps a folder for a link and back, as fast as it can: what a hostile user of the same disk would do.
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

/** A swapper at work. The folder is back in its place once it is disposed of. */
export interface Swapper extends AsyncDisposable {
  /** Whether it still swaps. */
  isRunning(): boolean
}

/** Begins to swap `folder` for a link to `target`. */
export async function swapFolder(folder: string, target: string): Promise<Swapper> {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL(import.meta.url), { workerData: { folder, target, stop } })
  const end = new Promise<void>((resolve, reject) => worker.once('exit', () => resolve()).once('error', reject))
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  end.then(over, over)
  await new Promise((resolve) => worker.once('online', resolve))
  return {
    isRunning: () => !isOver,
    async [Symbol.asyncDispose]() {
      Atomics.store(stop, 0, 1)
      await end
    },
  }
}

if (!isMainThread && workerData?.stop instanceof Int32Array) swapUntilStopped(workerData)

function swapUntilStopped({ folder, target, stop }: { readonly folder: string; readonly target: string; readonly stop: Int32Array }): void {
  const aside = `${folder}.aside`
  const clear = (): boolean => manages(() => rmSync(folder, { recursive: true, force: true }))
  while (Atomics.load(stop, 0) === 0) {
    renameSync(folder, aside)
    manages(() => symlinkSync(target, folder))
    // Somebody who writes may have made the folder anew in a gap: then that one has to go, however long they go on.
    while (!(clear() && manages(() => renameSync(aside, folder))));
  }
}

function manages(step: () => void): boolean {
  try {
    step()
    return true
  } catch {
    return false
  }
}
