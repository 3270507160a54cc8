// Memory of WebAssembly is counted nowhere. It must not be there, by whatever way one looks for it.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'there is no WebAssembly, and no memory that is shared',
  threat: 'engine-limit',
  source: script(ts`() => {
  const found: string[] = []
  const realms: any[] = [globalThis, (0, eval)('this'), new Function('return this')(), (() => {}).constructor('return globalThis')()]
  for (const realm of realms) for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics']) if (name in realm || realm[name] !== undefined) found.push(name)
  for (const text of ['typeof WebAssembly', 'typeof SharedArrayBuffer', 'typeof Atomics']) if ((0, eval)(text) !== 'undefined') found.push(text)
  for (const name of Reflect.ownKeys(globalThis)) {
    const value = (globalThis as any)[name]
    if (typeof value === 'object' && value !== null && 'Memory' in value) found.push(String(name))
  }
  try { found.push(String(new (globalThis as any).WebAssembly.Memory({ initial: 1000 }).buffer.byteLength)) } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)) }
  return found
}`),
  isMeasured: true,
  expect: { status: 'ok', value: [] },
} satisfies Attack
