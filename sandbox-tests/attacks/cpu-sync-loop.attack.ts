// The plainest abuse of time, inside everything that might protect it.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'an endless loop is cut, through try, catch and finally',
  threat: 'cpu-sync',
  source: script(ts`() => { for (;;) { try { for (;;); } catch { continue } finally { continue } } }`),
  expect: {
    status: 'cpu_exceeded',
    code: 'CPU_EXCEEDED',
    check: ({ usage }) => {
      if (usage.cpuMs > 500) throw new Error(String(usage.cpuMs))
    },
  },
} satisfies Attack
