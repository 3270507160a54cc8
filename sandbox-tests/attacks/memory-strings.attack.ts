// A text that doubles.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'texts count as memory',
  threat: 'memory',
  source: script(
    ts`(event: any) => { let text = 'x' + event.n; const all: string[] = []; for (let i = 0; i < 60; i++) { text += text; all.push(text.slice(1).toUpperCase()) } return text.length }`,
  ),
  policy: { limits: { cpu: '5s' } },
  growthMiB: 120,
  expect: { status: 'memory_exceeded' },
} satisfies Attack
