// Host code that is told may answer with a promise: nobody waits for it, and its rejection must not end the process.

/** Reports the rejection of what host code answered, when that is a promise. Throws what a broken thenable throws. */
export function reportRejection(answer: unknown, onProblem: (error: unknown) => void): void {
  if (typeof answer !== 'object' || answer === null) return
  const { then } = answer as { readonly then?: unknown }
  if (typeof then === 'function') Reflect.apply(then, answer, [undefined, onProblem])
}
