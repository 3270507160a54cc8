// The end of bindings that no engine closes, because none was opened with them.
import type { Binding } from '../bindings/binding.ts'

/** Closes each in spite of the others. Never rejects: there is nobody left whom a failure would concern. */
export async function closeBindings(bindings: readonly Binding[]): Promise<void> {
  await Promise.allSettled(bindings.map(async (binding) => binding.close?.()))
}
