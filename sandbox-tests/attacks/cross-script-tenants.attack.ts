// With isolation "script" a sandbox goes on from event to event, but never from tenant to tenant.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'kept state belongs to one tenant',
  threat: 'cross-script',
  source: script(ts`(event: any) => { const before = secret; secret = event.secret; return before }`, { top: `let secret = 'none'` }),
  policy: { isolation: 'script' },
  act: async ({ fire }) => [
    await fire({ secret: 'a1' }, { tenant: 'a' }),
    await fire({ secret: 'b1' }, { tenant: 'b' }),
    await fire({ secret: 'a2' }, { tenant: 'a' }),
    await fire({ secret: 'x' }),
    await fire({ secret: 'y' }, { tenant: 'a|b' }),
  ],
  expect: ['none', 'none', 'a1', 'none', 'none'].map((value) => ({ status: 'ok', value }) as const),
} satisfies Attack
