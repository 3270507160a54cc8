// Patterns that are large before they match anything.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'patterns that are too large fail or are cut',
  threat: 'regexp',
  source: script(
    ts`() => { const parts: any[] = []; for (let i = 0; i < 100000; i++) parts.push(new RegExp('(?:a{1,1000}){1,1000}' + i + '|(?<n' + i + '>x)')); return parts.length }`,
  ),
  expect: { status: 'cpu_exceeded' },
} satisfies Attack
