// What is known of the last ticks, written behind the schedules' backs: a store that is slow or broken holds nothing up.
import type { LastTicks, ScheduleStore } from './schedule-store.ts'

/** Schedules that are gone are forgotten after so long: until then, they may come back. */
const FORGET_MS = 90 * 86_400_000
const MOST = 10_000

/** See the head of the file. */
export class Remembered {
  readonly #store: ScheduleStore
  readonly #onProblem: (error: unknown) => void
  readonly #ticks = new Map<string, number>()
  #isChanged = false
  #writing: Promise<void> | undefined

  constructor(store: ScheduleStore, onProblem: (error: unknown) => void) {
    this.#store = store
    this.#onProblem = onProblem
  }

  /** Reads the store. Never rejects. */
  async load(): Promise<void> {
    try {
      for (const [key, tick] of Object.entries(await this.#store.read())) this.#ticks.set(key, tick)
    } catch (error) {
      this.#onProblem(error)
    }
  }

  /** The last tick of a schedule. */
  get(key: string): number | undefined {
    return this.#ticks.get(key)
  }

  /** Keeps the last tick of a schedule, and writes it soon. */
  set(key: string, tick: number): void {
    if (this.#ticks.get(key) === tick) return
    this.#ticks.delete(key)
    this.#ticks.set(key, tick)
    if (this.#ticks.size > MOST) this.#forgetOldest()
    this.#isChanged = true
    this.#writing ??= this.#write()
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    await this.#writing
  }

  #forgetOldest(): void {
    for (const oldest of this.#ticks.keys()) return void this.#ticks.delete(oldest)
  }

  async #write(): Promise<void> {
    await Promise.resolve() // what is set in one go is written in one go
    while (this.#isChanged) {
      this.#isChanged = false
      try {
        await this.#store.write(this.#snapshot())
      } catch (error) {
        this.#onProblem(error)
      }
    }
    this.#writing = undefined
  }

  #snapshot(): LastTicks {
    let newest = 0
    for (const tick of this.#ticks.values()) newest = Math.max(newest, tick)
    return Object.fromEntries([...this.#ticks].filter(([, tick]) => tick > newest - FORGET_MS))
  }
}
