// Waiting for something that another run does, or another process: whoever does it here wakes those who wait, and in between they look for themselves.
import type { BindingCall } from './binding.ts'
import { steadyClock } from './system-clock.ts'

/** Left of a run's wall clock when it is answered at the latest: it must have time to do something about it. */
const SPARED_MS = 250
/** The part of what is left that is spared, where that is less. */
const SPARED_PART = 0.25

/** How long a call may wait: as long as it asks for, and no longer than its run can. */
export function waitOf({ budget }: BindingCall, wanted: number): number {
  const left = Math.max(0, budget.wallDeadline - steadyClock())
  return Math.min(wanted, left - Math.min(SPARED_MS, left * SPARED_PART))
}

/** Those who wait, by what they wait for. */
export class Wakeups {
  readonly #waiting = new Map<string, Set<() => void>>()

  /** Waits until `wake` of the same name, for so many milliseconds, or until the signal is aborted; whichever is first. */
  async wait(name: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || ms <= 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const others = this.#waiting.get(name) ?? new Set()
    this.#waiting.set(name, others.add(resolve))
    const timer = setTimeout(resolve, ms)
    const stop = (): void => resolve()
    signal.addEventListener('abort', stop)
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    others.delete(resolve)
    if (others.size === 0 && this.#waiting.get(name) === others) this.#waiting.delete(name)
  }

  /** Wakes those who wait for that, in the order in which they came. */
  wake(name: string): void {
    for (const resolve of this.#waiting.get(name) ?? []) resolve()
  }
}
