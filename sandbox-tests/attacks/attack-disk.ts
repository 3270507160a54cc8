// The disk that attackers of `ctx.files` meet: the root `data`, a folder `own` for each script, and things outside that must stay unread and unchanged.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { FileRoots } from '../../bindings/index.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'
import { DISK_CANARY } from './verdict.ts'

const LOOK_MS = 20
const QUIET_LOOKS = 20

/** See the head of the file. */
export class AttackDisk implements Disposable {
  readonly #top: TempDirectory = tempDirectory({ 'outside/secret.txt': DISK_CANARY, 'own/neighbour/secret.txt': DISK_CANARY })
  /** The directory of the root `data`. */
  readonly data: string = join(this.#top.path, 'data')
  /** A directory that no root leads to; it holds `secret.txt`. */
  readonly outside: string = join(this.#top.path, 'outside')

  /** What the engine's `files` is made from. */
  get roots(): FileRoots {
    return { data: this.data, own: join(this.#top.path, 'own', '{script}') }
  }

  /** Empties `data`. */
  clear(): void {
    rmSync(this.data, { recursive: true, force: true })
    mkdirSync(this.data)
  }

  /** Writes a file below `data`, and says where it is. */
  write(path: string, text: string): string {
    return this.#top.write(join('data', path), text)
  }

  /** What is below `data`: number of files and folders, and bytes in files. */
  measure(): { readonly entries: number; readonly bytes: number } {
    const all = readdirSync(this.data, { recursive: true, withFileTypes: true })
    const sizes = all
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0)
    return { entries: all.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  }

  /** Waits until nobody writes below `data` any more: what a run sent and the host has begun is done, also when the run is over. */
  async quiet(): Promise<void> {
    for (let same = 0, last = ''; same < QUIET_LOOKS; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      const now = JSON.stringify(readdirSync(this.data, { recursive: true }))
      same = now === last && !now.includes('.vivarium-') ? same + 1 : 0
      last = now
    }
  }

  /** Fails where anything outside of `data` and of the attackers' own folders is not as it was. */
  expectUntouched(): void {
    assert.equal(readdirSync(this.#top.path).sort(), ['data', 'outside', 'own'])
    for (const folder of ['outside', 'own/neighbour']) {
      assert.equal(readdirSync(join(this.#top.path, folder)), ['secret.txt'])
      assert.is(readFileSync(join(this.#top.path, folder, 'secret.txt'), 'utf8'), DISK_CANARY)
    }
  }

  [Symbol.dispose](): void {
    this.#top[Symbol.dispose]()
  }
}
