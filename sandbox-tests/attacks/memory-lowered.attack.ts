// A small limit in a cell that could hold more.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a lower limit holds as exactly as the default',
  threat: 'memory',
  source: script(
    ts`() => { let bytes = 0; for (;;) { all.push(new Uint8Array(65536)); bytes += 65536; if (bytes > 3 * 1024 * 1024) return bytes } }`,
    { top: 'const all: any[] = []' },
  ),
  policy: { limits: { memory: '2MiB', cpu: '2s' } },
  otherwise: {
    v8: { reason: 'V8 is looked at after each entry, not at each growth', expect: { status: 'memory_exceeded', check: () => undefined } },
  },
  expect: {
    status: 'memory_exceeded',
    check: ({ usage }) => {
      if (usage.memoryBytes > 2.2 * 1024 * 1024) throw new Error(String(usage.memoryBytes))
    },
  },
} satisfies Attack
