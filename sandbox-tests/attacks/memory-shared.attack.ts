// Memory that is not the sandbox's: shared buffers, WebAssembly, atomics.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'there is no memory but the sandbox’s own',
  threat: 'memory',
  source: script(
    ts`() => [typeof (globalThis as any).SharedArrayBuffer, typeof (globalThis as any).WebAssembly, typeof (globalThis as any).Atomics, (() => { try { return typeof (structuredClone as any)(new ArrayBuffer(8), { transfer: [] }) } catch { return 'refused' } })()].join()`,
  ),
  expect: { status: 'ok', value: 'undefined,undefined,undefined,object' },
} satisfies Attack
