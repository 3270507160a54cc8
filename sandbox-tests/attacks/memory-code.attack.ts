// Code made at run time takes memory as well.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'functions made of text count as memory',
  threat: 'memory',
  source: script(
    ts`() => { const all: any[] = []; const body = 'return ' + Array.from({ length: 500 }, (_, i) => 'x' + i).join('+'); for (;;) all.push(new Function(...Array.from({ length: 500 }, (_, i) => 'x' + i), body)) }`,
  ),
  policy: { limits: { cpu: '9s' } },
  growthMiB: 120,
  expect: { status: 'memory_exceeded' },
} satisfies Attack
