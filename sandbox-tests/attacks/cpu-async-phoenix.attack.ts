// Each interrupt rejects one async function; another one rises from its finally.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'async functions that rise again from an interrupt stay cut',
  threat: 'cpu-async',
  source: script(ts`async () => {
  const rise = async (): Promise<any> => { try { await null; for (;;); } catch { await rise() } finally { void rise(); void rise() } }
  for (let i = 0; i < 50; i++) void rise()
  try { await rise() } catch {}
  return 'alive'
}`),
  expect: { status: 'cpu_exceeded', code: 'CPU_EXCEEDED' },
} satisfies Attack
