// The parts of an engine for tests: without the public methods, but with every run's clock, seed and host functions in our hands.
import type { Binding } from '../bindings/binding.ts'
import { composeEngine, type EngineGate, type EngineParts, type Variations } from '../engine/compose.ts'
import { type EngineOptions, normaliseOptions } from '../engine/options.ts'
import { findV8Fault } from '../engine/pools/v8-available.ts'

/** Parts that are loaded and run. Whoever opened them closes them. */
export interface OpenParts extends EngineParts, AsyncDisposable {}

/** Opens them: policy is read and every script loaded. Without a door no call reaches a binding: runs bring one of their own. Throws what `createEngine` throws. */
export async function openParts(
  options: EngineOptions,
  bindings: readonly Pick<Binding, 'surface'>[],
  variations: Variations,
  door: EngineGate = closedDoor(bindings),
): Promise<OpenParts> {
  const parts = await composeEngine(normaliseOptions(options), door, () => findV8Fault(), variations)
  const close = async (): Promise<void> => {
    await parts.policy.close()
    await parts.pools.close()
    await Promise.all([parts.bundler.close(), parts.registry.close()])
    await door.close()
  }
  try {
    parts.settle()
    await parts.registry.start(false)
  } catch (error) {
    await close()
    throw error
  }
  return { ...parts, [Symbol.asyncDispose]: close }
}

function closedDoor(bindings: readonly Pick<Binding, 'surface'>[]): EngineGate {
  return {
    handle: async () => ({ ok: false, error: { code: 'HOST_FAILURE', message: 'The run has no door.' } }),
    surfaces: bindings.map(({ surface }) => surface),
    observers: [],
    attach: async () => undefined,
    close: async () => undefined,
  }
}
