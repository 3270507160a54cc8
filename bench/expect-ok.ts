// A figure counts only when the work was done.
import type { EmitResult } from '../engine/index.ts'

/** Throws unless every script ended well. */
export function expectOk({ outcomes }: EmitResult): void {
  for (const { status, error } of outcomes) if (status !== 'ok') throw new Error(`${status}: ${error?.message}`)
  if (outcomes.length === 0) throw new Error('no script handled the event')
}
