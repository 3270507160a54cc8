// Several observers as one. An observer is the host's code: what it throws is reported and harms nobody.
import type { EngineObserver } from './observer.ts'

/** Tells each in turn. */
export function combineObservers(observers: readonly EngineObserver[], onProblem: (error: unknown) => void): EngineObserver {
  const tell = (call: (observer: EngineObserver) => void): void => {
    for (const observer of observers) {
      try {
        call(observer)
      } catch (error) {
        onProblem(error)
      }
    }
  }
  return {
    run: (outcome) => tell((observer) => observer.run?.(outcome)),
    hostCall: (call, reply, ms) => tell((observer) => observer.hostCall?.(call, reply, ms)),
    runner: (change) => tell((observer) => observer.runner?.(change)),
  }
}
