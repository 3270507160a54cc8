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

/** How long somebody waits, and for what. */
export interface Waiting {
  readonly ms: number
  /** Ends the waiting when it is aborted. */
  readonly signal: AbortSignal
  /** Whether what happened is of any interest; everything is where nothing is said. */
  readonly wants?: (what: string) => boolean
}

interface Waiter {
  readonly wants: (what: string) => boolean
  readonly wake: () => void
}

/** Those who wait, by where it will happen. */
export class Wakeups {
  readonly #waiting = new Map<string, Set<Waiter>>()

  /** Waits until something happens at a place, for so many milliseconds, or until the signal is aborted; whichever is first. */
  async wait(place: string, { ms, signal, wants = () => true }: Waiting): Promise<void> {
    if (signal.aborted || ms <= 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter = { wants, wake: () => resolve() }
    const all = this.#waiting.get(place) ?? new Set()
    this.#waiting.set(place, all.add(waiter))
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', waiter.wake)
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', waiter.wake)
    all.delete(waiter)
    if (all.size === 0 && this.#waiting.get(place) === all) this.#waiting.delete(place)
  }

  /** Something happened at a place: wakes those who want it. */
  wake(place: string, what = ''): void {
    for (const { wants, wake } of this.#waiting.get(place) ?? []) if (wants(what)) wake()
  }
}
