// Searching, joining and normalising texts that are as large as memory allows.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'native work on long texts is ended',
  threat: 'cpu-native',
  source: script(
    ts`() => { const hay = 'a'.repeat(6e6), needle = 'a'.repeat(3e6) + 'b'; let n = 0; for (let i = 0; i < 1e6; i++) n += hay.indexOf(needle); return n }`,
  ),
  isAlone: true,
  skip: { inline: 'nothing can end native work on the host’s own thread' },
  expect: { status: 'cpu_exceeded' },
} satisfies Attack
