// A temporary root with something outside of it that must never be seen or changed, and callers of `files` in each way of holding folders.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { makeFiles } from '../../../bindings/files/files.ts'
import type { OpenBase } from '../../../bindings/files/folder-tree.ts'
import { canPin, pinRoot } from '../../../bindings/files/pinned-folder.ts'
import { traceRoot } from '../../../bindings/files/traced-folder.ts'
import { createGate, type Gate } from '../../../bindings/gate.ts'
import type { HostReply } from '../../../engine/model/host-call.ts'
import type { Json } from '../../../engine/model/json.ts'
import { type TempDirectory, tempDirectory } from '../../harness/temp-directory.ts'
import { answerOf, type Caller, callThrough, codeOf } from '../call-through.ts'

/** What lies outside, in the words that nobody may read. */
export const CANARY = 'files-canary-71c2'

/** How folders are held: all ways that this system has. */
export const WAYS: readonly (readonly [name: string, open: OpenBase])[] = [
  ...((await canPin()) ? [['by descriptor', pinRoot] as const] : []),
  ['by path', traceRoot],
]

/** Calls as a script does: `reply` as it is, `answer` for what must work, `code` for what must be refused. */
export interface FileCaller {
  reply(method: string, ...args: unknown[]): Promise<HostReply>
  answer(method: string, ...args: unknown[]): Promise<unknown>
  code(method: string, ...args: unknown[]): Promise<string>
}

/** See the head of the file. */
export interface FileWorld extends AsyncDisposable {
  readonly top: TempDirectory
  /** The directory of the root `data`. */
  readonly root: string
  /** Beside it; holds `secret.txt`. */
  readonly outside: string
  readonly gate: Gate
  /** A caller with what policy would write under `allow.files`. */
  caller(allow?: Json, who?: Caller): FileCaller
  /** Fails where anything outside is not as it was. */
  expectUntouched(): void
}

/** Makes a world with files below the root. The caller disposes of it. */
export function openFileWorld(openBase: OpenBase | undefined, files: { readonly [path: string]: string } = {}): FileWorld {
  const below = Object.fromEntries(Object.entries(files).map(([path, text]) => [`data/${path}`, text]))
  const top = tempDirectory({ 'outside/secret.txt': CANARY, 'data/.keep': '', ...below })
  const binding = makeFiles({ data: join(top.path, 'data'), docs: { path: join(top.path, 'docs'), readOnly: true } }, openBase)
  const gate = createGate({ bindings: [binding] })
  const outside = join(top.path, 'outside')
  return {
    top,
    root: join(top.path, 'data'),
    outside,
    gate,
    caller(allow = { data: 'write' }, who = {}) {
      const read = binding.surface.readAllow(allow)
      assert.ok(read.ok, 'a policy that can be read')
      const call = callThrough(gate, { grant: { files: read.ok ? read.value : false }, ...who })
      const reply = (method: string, ...args: unknown[]): Promise<HostReply> => call(`files.${method}`, ...args)
      return {
        reply,
        answer: async (method, ...args) => answerOf(await reply(method, ...args)),
        code: async (method, ...args) => codeOf(await reply(method, ...args)),
      }
    },
    expectUntouched() {
      assert.equal(readdirSync(outside), ['secret.txt'])
      assert.is(readFileSync(join(outside, 'secret.txt'), 'utf8'), CANARY)
      assert.equal(
        readdirSync(top.path).filter((name) => name !== 'docs'),
        ['data', 'outside'],
      )
    },
    async [Symbol.asyncDispose]() {
      await gate.close()
      top[Symbol.dispose]()
    },
  }
}
