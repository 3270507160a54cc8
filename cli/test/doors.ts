// What answers host calls in a test: the test's own fakes, real bindings that touch nothing outside, and for everything else a refusal that the test is told of.
import type { Binding } from '../../bindings/binding.ts'
import { createGate } from '../../bindings/gate.ts'
import { HostFunctionError } from '../../bindings/host-function-error.ts'
import { standardBindings } from '../../bindings/index.ts'
import type { HostCall, HostReply } from '../../engine/model/host-call.ts'
import { closeBindings } from '../close-bindings.ts'

/** Bindings that tests need not fake: they keep what they keep in memory, or only compute. */
const HARMLESS: ReadonlySet<string> = new Set(['kv', 'log', 'cache', 'lock', 'crypto', 'script'])

/** What a fake came to. */
export type FakeAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }

/** The doors of one test. */
export interface Doors extends AsyncDisposable {
  /** Passes a call through the gate to a fake: the arguments and the answer are held against the same schemas as in the application. */
  toFake(call: HostCall, ask: () => Promise<FakeAnswer>): Promise<HostReply>
  /** Passes a call to a real binding; undefined where that is not for tests. */
  toReal(call: HostCall): Promise<HostReply> | undefined
}

/** Makes the doors of a test; `clock` is that of the run that was started last. The caller disposes of them. */
export async function openDoors(bindings: readonly Binding[], clock: () => number): Promise<Doors> {
  const asked = new Map<string, () => Promise<FakeAnswer>>()
  const fakes = createGate({ bindings: bindings.map((binding) => faked(binding, asked)), clock })
  const names = new Set(bindings.map(({ surface }) => surface.name))
  const standard = standardBindings({ kv: ':memory:', clock })
  const real = standard.filter(({ surface: { name } }) => HARMLESS.has(name) && names.has(name))
  const gate = createGate({ bindings: real, clock })
  await gate.attach({
    emit: () => Promise.reject(new HostFunctionError('HOST_FAILURE', 'A test has no further events.')),
    clock,
    scripts: () => [],
  })
  let calls = 0
  return {
    async toFake(call, ask) {
      const key = `${call.runId}/${++calls}`
      asked.set(key, ask)
      const reply = await fakes.handle({ ...call, runId: key })
      asked.delete(key)
      return reply
    },
    toReal: (call) => (isKnown(real, call) ? gate.handle(call) : undefined),
    [Symbol.asyncDispose]: () => closeBindings(standard),
  }
}

function isKnown(bindings: readonly Binding[], { binding, method }: HostCall): boolean {
  return bindings.some(({ surface, methods }) => surface.name === binding && methods.has(method))
}

/** The binding with the same schemas, whose handlers ask the test. What the application's own one holds is left alone. */
function faked(binding: Binding, asked: ReadonlyMap<string, () => Promise<FakeAnswer>>): Binding {
  const handler = async ({ runId }: { readonly runId: string }): Promise<unknown> => {
    const answer = (await asked.get(runId)?.()) ?? { ok: true, value: undefined }
    if (answer.ok) return answer.value
    throw new HostFunctionError(answer.error.code, answer.error.message)
  }
  const methods = new Map([...binding.methods].map(([name, method]) => [name, { ...method, handler }]))
  const { surface, types } = binding
  return { ...binding, surface, types, methods, attach: undefined, close: undefined, observer: undefined }
}
