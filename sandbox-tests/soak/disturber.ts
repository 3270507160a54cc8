// What goes wrong, and what changes, while events are under way: runners are ended or held up, scripts and policy are replaced, the engine reloads.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Engine, isEngineError } from '../../engine/index.ts'
import type { Choices } from './choices.ts'
import { type Combination, chooseVariant, FIRST_VARIANT, isWalled, type PolicyVariant, policyText } from './combinations.ts'
import { TOP_LEVELS } from './hostile-scripts.ts'
import type { Ledger } from './ledger.ts'
import { NORMAL_SCRIPTS } from './normal-scripts.ts'
import type { SeenRunner, SeenRunners } from './runners.ts'
import { type ScriptFiles, TOP_LEVEL_SCRIPT } from './script-files.ts'

/** What is disturbed. */
export interface Disturbed {
  readonly combination: Combination
  readonly engine: Engine
  readonly ledger: Ledger
  readonly files: ScriptFiles
  readonly runners: SeenRunners
}

/** A third would put the script that was computed each time into quarantine, where no normal script belongs. */
const MOST_HARMS_UNFORGIVEN = 2
const HARM_EVERY_MS = [150, 1_500] as const
const CHANGE_EVERY_MS = [50, 800] as const
const PAUSE_MS = [100, 3_000] as const

/** See the head of the file. */
export class Disturber {
  readonly #disturbed: Disturbed
  #variant: PolicyVariant = FIRST_VARIANT
  /** Harmed since the engine last forgave; whether all that comes of it has come. */
  readonly #unforgiven = new Map<SeenRunner, { isOver: boolean }>()
  reloads = 0

  constructor(disturbed: Disturbed) {
    this.#disturbed = disturbed
  }

  /** Harms runners until the signal is aborted. */
  async harm(choices: Choices, signal: AbortSignal): Promise<void> {
    const { combination, ledger } = this.#disturbed
    if (!isWalled(combination)) return
    while (await pause(choices.between(...HARM_EVERY_MS), signal)) {
      if (this.#unforgiven.size >= MOST_HARMS_UNFORGIVEN) await this.#reload()
      // Runners that end again and again before they have done anything are started no more, as they should.
      else if (ledger.okSinceHarm > 0) this.#harmOne(choices)
    }
  }

  /** Changes scripts and policy until the signal is aborted. */
  async change(choices: Choices, signal: AbortSignal): Promise<void> {
    while (await pause(choices.between(...CHANGE_EVERY_MS), signal)) {
      const way = choices.between(1, 10)
      if (way <= 5) this.#disturbed.files.writeVersion(choices.pick(NORMAL_SCRIPTS).id)
      else if (way <= 6) this.#changePolicy(choices)
      else if (way <= 7 && isWalled(this.#disturbed.combination)) await this.#loadTopLevel(choices)
      else await this.#reload()
    }
  }

  #harmOne(choices: Choices): void {
    const { runners, ledger } = this.#disturbed
    const { alive } = runners
    if (alive.length === 0) return
    const victim = choices.pick(alive)
    const chosen = choices.pick(victim.harms)
    // Where one does not start, the engine waits for half a minute before it tries another.
    const harm = chosen === 'SIGSTOP' && alive.length > ledger.ends.running ? 'pause' : chosen
    ledger.ends.harmed(harm === 'SIGSTOP' || harm === 'pause')
    ledger.okSinceHarm = 0
    const pause = { isOver: false }
    this.#unforgiven.set(victim, pause)
    victim.harm(harm)
    if (harm !== 'pause') return
    setTimeout(
      () => {
        victim.resume()
        pause.isOver = true
      },
      choices.between(...PAUSE_MS),
    )
  }

  /** The engine reads everything again, and forgives scripts that runners were ended for. */
  async #reload(): Promise<void> {
    const before = [...this.#unforgiven].flatMap(([runner, { isOver }]) => (isOver || !runner.isAlive ? [runner] : []))
    await this.#disturbed.engine.reload()
    this.reloads++
    for (const runner of before) this.#unforgiven.delete(runner)
  }

  #changePolicy(choices: Choices): void {
    const { files, combination } = this.#disturbed
    this.#variant = choices.isTrue(0.2) ? this.#variant : chooseVariant(choices)
    files.writePolicy(choices.isTrue(0.1) ? 'version: 2' : policyText(combination, this.#variant))
  }

  /** A top level that is hostile fails to load, and says why. */
  async #loadTopLevel(choices: Choices): Promise<void> {
    const { files, engine, ledger } = this.#disturbed
    const { text, codes } = choices.pick(TOP_LEVELS)
    files.writeTopLevel(text)
    const startedAt = performance.now()
    await this.#reload()
    const info = engine.scripts().find(({ id }) => id === TOP_LEVEL_SCRIPT)
    const code = info?.error?.code
    if (codes.length === 0 ? code === undefined : codes.includes(code ?? '')) return
    if (code === 'LOAD_RUNNER_LOST' && ledger.ends.endsSince(startedAt) > 0) return
    ledger.fail(`the top level ${JSON.stringify(text)} came to ${code ?? 'nothing'}, not ${codes.join(' or ') || 'nothing'}`)
  }
}

/** Whether the time has passed before the signal was aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal })
    return true
  } catch (error) {
    if (isEngineError(error)) throw error
    return false
  }
}
