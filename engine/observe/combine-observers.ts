// Several observers as one. An observer is the host's code: what it throws, or rejects with, is reported and harms nobody.
import type { EngineObserver } from './observer.ts'
import { reportRejection } from './report-rejection.ts'

/** Tells each in turn. What nobody listens to costs nothing. */
export function combineObservers(observers: readonly EngineObserver[], onProblem: (error: unknown) => void): EngineObserver {
  const combine = <A extends unknown[]>(listeners: readonly ((...args: A) => unknown)[]): ((...args: A) => void) | undefined => {
    if (listeners.length === 0) return undefined
    return (...args) => {
      for (const listener of listeners) {
        try {
          reportRejection(listener(...args), onProblem)
        } catch (error) {
          onProblem(error)
        }
      }
    }
  }
  const run = combine(observers.flatMap((observer) => observer.run?.bind(observer) ?? []))
  const hostCall = combine(observers.flatMap((observer) => observer.hostCall?.bind(observer) ?? []))
  const runner = combine(observers.flatMap((observer) => observer.runner?.bind(observer) ?? []))
  return { ...(run && { run }), ...(hostCall && { hostCall }), ...(runner && { runner }) }
}
