// Lives at the edge: full memory while a result, an error, a log entry or a call must be written.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'full memory while the bootstrap itself needs some ends the run, whatever it was doing',
  threat: 'memory',
  source: script(
    ts`async (event: any, ctx: any) => {
  const fill = (size: number) => { for (let i = 0; i < event.MiB * 1024 * 1024 / size; i++) hog.push(new Uint8Array(size)) }
  fill(1 << 16)
  const all = 'x'.repeat(5e6)
  if (event.kind === 'log') for (let i = 0; i < 100; i++) ctx.log.info(all + i, hog)
  if (event.kind === 'call') for (let i = 0; i < 10; i++) await ctx.kv.set('k', hog)
  if (event.kind === 'throw') throw new Error(all)
  return hog
}`,
    { needs: '{ kv: true }', top: 'const hog: any[] = []' },
  ),
  policy: { limits: { cpu: '5s' } },
  growthMiB: 120,
  // V8 is looked at after each entry, when what was too much may be garbage: there, the rest alone is too much.
  act: async ({ fire, combination }) => {
    const MiB = combination.runtime === 'v8' ? 17 : 16
    return [
      await fire({ kind: 'log', MiB }),
      await fire({ kind: 'call', MiB }),
      await fire({ kind: 'throw', MiB }),
      await fire({ kind: 'return', MiB }),
    ]
  },
  expect: Array.from({ length: 4 }, () => ({ status: 'memory_exceeded' }) as const),
} satisfies Attack
