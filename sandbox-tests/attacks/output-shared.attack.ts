// Modest sharing and cycles are no attack.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'shared and cyclic values that are small arrive whole',
  threat: 'output',
  source: script(
    ts`() => { const shared = { when: new Date(0) }; const node: any = { list: Array.from({ length: 200 }, () => shared) }; node.self = node; return node }`,
  ),
  policy: { limits: { cpu: '2s' } },
  expect: {
    status: 'ok',
    check: ({ value }) => {
      const node = value as { list: unknown[]; self: unknown }
      if (node.self !== node || node.list.length !== 200) throw new Error('broken')
    },
  },
} satisfies Attack
