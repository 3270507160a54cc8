// The scripts directory of a soak: files are replaced whole, as editors do it, while the engine runs.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ATTACKS, attackPath, attackSource } from './hostile-scripts.ts'
import { CHAIN, NORMAL_SCRIPTS, normalSource } from './normal-scripts.ts'

/** A script whose top level is hostile, or broken, from time to time. */
export const TOP_LEVEL_SCRIPT = 'top-level'

const LAST_SCRIPTS: ReadonlySet<string> = new Set(['plain-0', 'kept-0'])

/** See the head of the file. */
export class ScriptFiles {
  readonly directory: string
  readonly policyFile: string
  readonly #hasHostile: boolean
  #versions = 0

  /** Files below `root`, which must exist. */
  constructor(root: string, hasHostile: boolean) {
    this.directory = join(root, 'scripts')
    this.policyFile = join(root, 'policy.yaml')
    this.#hasHostile = hasHostile
    mkdirSync(this.directory)
  }

  /** Writes all scripts, each normal one in a version of its own. */
  writeAll(): void {
    for (const { id } of NORMAL_SCRIPTS) this.writeVersion(id)
    for (const [path, text] of Object.entries(CHAIN)) this.#write(path, text)
    if (!this.#hasHostile) return
    for (const attack of ATTACKS) this.#write(attackPath(attack), attackSource(attack))
  }

  /** Writes the next version of a normal script. */
  writeVersion(id: string): void {
    this.#write(`${id}.ts`, normalSource(id, ++this.#versions))
  }

  /** Writes the script whose top level is hostile. */
  writeTopLevel(text: string): void {
    this.#write(`${TOP_LEVEL_SCRIPT}.ts`, text)
  }

  /** Replaces the policy. */
  writePolicy(text: string): void {
    replace(this.policyFile, text)
  }

  /** Removes all scripts but two normal ones. */
  removeMost(): void {
    const paths = [
      ...NORMAL_SCRIPTS.filter(({ id }) => !LAST_SCRIPTS.has(id)).map(({ id }) => `${id}.ts`),
      ...Object.keys(CHAIN),
      ...ATTACKS.map(attackPath),
      `${TOP_LEVEL_SCRIPT}.ts`,
    ]
    for (const path of paths) rmSync(join(this.directory, path), { force: true })
  }

  #write(path: string, text: string): void {
    replace(join(this.directory, path), text)
  }
}

/** Nobody sees half of it. */
function replace(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const half = `${file}.half`
  writeFileSync(half, text)
  renameSync(half, file)
}
