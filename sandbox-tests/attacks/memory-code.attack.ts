// Code made at run time takes memory as well.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'functions made of text count as memory',
  threat: 'memory',
  source: script(
    ts`() => { const all: any[] = []; for (let i = 0; ; i++) all.push(new Function('return "' + i + 'x'.repeat(20000) + '"')) }`,
  ),
  policy: { limits: { cpu: '9s' } },
  growthMiB: 120,
  expect: { status: 'memory_exceeded' },
} satisfies Attack
